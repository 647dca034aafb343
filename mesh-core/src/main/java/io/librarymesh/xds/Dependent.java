package io.librarymesh.xds;

/** Something that is put together from resources. Event loop only. */
interface Dependent {
  /**
   * A resource it uses is another now; what follows is done once, when the tasks at hand are done.
   */
  void onChange();
}
