package io.librarymesh.controlplane.store;

import java.io.IOException;

/**
 * Opens a store. It may take as long as it takes to read everything that there is: nobody is served
 * before.
 */
@FunctionalInterface
public interface StoreOpener {

  /**
   * A store with a first snapshot of all its sources.
   *
   * @throws IOException when the sources cannot be read at all
   */
  ConfigStore open() throws IOException;
}
