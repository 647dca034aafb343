package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.Resource;
import java.util.List;
import java.util.Map;

/**
 * A document of today.
 *
 * @param from the resources that say it; it stands in the place of the first
 * @param document as a file has it
 */
public record Made(List<Resource> from, Map<String, Object> document) {

  /** Copies the list. */
  public Made {
    from = List.copyOf(from);
  }
}
