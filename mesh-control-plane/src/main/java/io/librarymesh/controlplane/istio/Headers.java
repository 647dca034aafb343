package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;

/**
 * Header operations on the request and on the response; Istio's {@code Headers}.
 *
 * @param request applied before forwarding
 * @param response applied before the caller sees the answer
 */
public record Headers(Operations request, Operations response) {

  /** No operation. */
  public static final Headers NONE = new Headers(Operations.NONE, Operations.NONE);

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return request.isEmpty() && response.isEmpty();
  }

  /**
   * Operations on one message, in the order in which they apply.
   *
   * @param remove names of headers to drop
   * @param set headers to overwrite, by name
   * @param add headers to append, by name
   */
  public record Operations(List<String> remove, Map<String, String> set, Map<String, String> add) {

    /** No operation. */
    public static final Operations NONE = new Operations(List.of(), Map.of(), Map.of());

    /** Copies the collections. */
    public Operations {
      remove = List.copyOf(remove);
      set = Copies.ordered(set);
      add = Copies.ordered(add);
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
      return remove.isEmpty() && set.isEmpty() && add.isEmpty();
    }
  }
}
