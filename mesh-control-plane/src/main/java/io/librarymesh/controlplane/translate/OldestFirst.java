package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Resource;
import java.time.Instant;
import java.util.Comparator;

/** Istio's rule of conflict: by time of creation, then name, then namespace. */
public final class OldestFirst {

  /** Of objects without a time the name, then the namespace decides. */
  public static final Comparator<Resource> ORDER =
      Comparator.comparing((Resource r) -> r.metadata().creationTimestamp().orElse(Instant.MAX))
          .thenComparing(r -> r.metadata().name())
          .thenComparing(r -> r.metadata().namespace());

  private OldestFirst() {}
}
