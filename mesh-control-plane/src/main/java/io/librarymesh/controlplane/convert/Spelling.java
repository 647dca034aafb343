package io.librarymesh.controlplane.convert;

/** Old spellings of one kind of resource, changed into those of today where they stand. */
@FunctionalInterface
interface Spelling {

  /**
   * Adds its changes to those of a pass.
   *
   * @param document a resource, with {@code apiVersion} and {@code kind} or as an item of a list
   *     that has them
   */
  void spell(Block document, Pass pass);
}
