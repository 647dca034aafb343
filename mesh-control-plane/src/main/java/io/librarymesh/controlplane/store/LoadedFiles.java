package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.RefusedResource;
import java.util.List;

/**
 * What files hold that were read once.
 *
 * @param snapshot what would be in force, with all findings
 * @param refused what would not: the resources of files with errors
 */
public record LoadedFiles(ConfigSnapshot snapshot, List<RefusedResource> refused) {

  /** Copies the list. */
  public LoadedFiles {
    refused = List.copyOf(refused);
  }
}
