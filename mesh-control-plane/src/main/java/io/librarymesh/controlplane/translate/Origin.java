package io.librarymesh.controlplane.translate;

import com.google.protobuf.Struct;
import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where what is in force was written, for people who ask a client why it does what it does. */
final class Origin {
  private Origin() {}

  /** {@code FILE:LINE}, without folders: replicas may keep equal files in different places. */
  static String of(SourcePosition position) {
    String path = position.file();
    String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    return file + ":" + position.line();
  }

  /** What the resource {@code origin} of our own metadata says. */
  static Struct struct(String origin) {
    return Packing.struct(Map.of("origin", origin));
  }

  /** The Sidecar that a client's unknown hosts may come from. */
  static Metadata ofUnknown(Sidecar sidecar) {
    return Metadata.newBuilder()
        .putFilterMetadata(Packing.OWN_METADATA, struct("Sidecar " + of(sidecar.position())))
        .build();
  }

  /** The service of a cluster, the rules that shape it, and its subset. */
  static Metadata ofCluster(Upstream upstream, Optional<MergedDestinationRule> rule) {
    var declared = upstream.service().service().declaredBy();
    boolean kubernetes = declared.kind() == Resource.Kind.KUBERNETES_SERVICE;
    List<String> origins = new ArrayList<>();
    origins.add((kubernetes ? "Service " : "ServiceEntry ") + of(declared.position()));
    for (DestinationRule part : rule.map(MergedDestinationRule::rules).orElse(List.of())) {
      origins.add("DestinationRule " + of(part.position()));
    }
    upstream.subset().map(Subset::position).ifPresent(at -> origins.add("subset " + of(at)));
    return Metadata.newBuilder()
        .putFilterMetadata(Packing.OWN_METADATA, struct(String.join(", ", origins)))
        .build();
  }
}
