package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import java.util.List;

/**
 * What is in force at one moment. Immutable; safe in any thread.
 *
 * @param resources valid resources, unique by {@link Resource#id()}, in the order of file names and
 *     of documents within a file
 * @param findings everything there is to say, errors of files that are kept at their last good
 *     version included, in the order of file names and lines
 * @param generation grows with every change of this store; says nothing about content and differs
 *     between replicas
 */
public record ConfigSnapshot(List<Resource> resources, List<Finding> findings, long generation) {

  /** The snapshot of a store that holds nothing. */
  public static final ConfigSnapshot EMPTY = new ConfigSnapshot(List.of(), List.of(), 0);

  /** Copies the lists. */
  public ConfigSnapshot {
    resources = List.copyOf(resources);
    findings = List.copyOf(findings);
  }
}
