package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ResourceId;
import io.librarymesh.controlplane.istio.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the resources of many files together. A resource that two files declare is taken from the
 * first in the order of names; the other gets an error. The order of names, not of time, decides,
 * so that every replica that reads the same files serves the same.
 */
final class SnapshotMerge {
  private static final Comparator<Finding> BY_PLACE =
      Comparator.comparing(Finding::file)
          .thenComparingInt(Finding::line)
          .thenComparingInt(Finding::column);

  private final Map<ResourceId, Resource> taken = new HashMap<>();
  private final List<Resource> resources = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  /**
   * Adds a file; call in the order of names.
   *
   * @param inForce whether the resources are to be in the snapshot; if not, they only keep others
   *     from taking their place
   */
  void add(List<Resource> fileResources, List<Finding> fileFindings, boolean inForce) {
    findings.addAll(fileFindings);
    for (Resource resource : fileResources) {
      Resource first = taken.putIfAbsent(resource.id(), resource);
      if (first == null) {
        if (inForce) {
          resources.add(resource);
        }
      } else {
        String message = IstioReader.duplicate(resource, first);
        findings.add(new Finding(resource.position(), Severity.ERROR, "metadata.name", message));
      }
    }
  }

  ConfigSnapshot toSnapshot(long generation, List<Finding> further) {
    List<Finding> sorted = new ArrayList<>(findings);
    sorted.addAll(further);
    sorted.sort(BY_PLACE);
    return new ConfigSnapshot(resources, sorted, generation);
  }
}
