package io.librarymesh.controlplane.serve;

import com.google.protobuf.Value;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SpiffeId.ServiceAccount;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.util.Optional;

/**
 * Whether what a client says of itself is what its certificate says. By its namespace a client sees
 * configuration, so nobody may choose one.
 */
public final class NodeAgreement {
  private static final String OWN_ID = "library-mesh";

  private NodeAgreement() {}

  /**
   * Where the two differ; empty when they agree, or the client was not asked who it is.
   *
   * @param caller what the certificate says
   */
  public static Optional<String> disagreement(Node node, Optional<SpiffeId> caller) {
    if (caller.isEmpty()) {
      return Optional.empty();
    }
    Optional<ServiceAccount> account = caller.get().serviceAccount();
    if (account.isEmpty()) {
      return Optional.of(
          "certificate: " + caller.get() + " (expected: /ns/NAMESPACE/sa/SERVICE_ACCOUNT)");
    }
    String namespace = account.get().namespace();
    return differs("NAMESPACE", ClientNode.of(node).view().namespace(), namespace)
        .or(() -> differs("SERVICE_ACCOUNT", text(node, "SERVICE_ACCOUNT"), account.get().name()))
        .or(() -> id(node.getId(), namespace));
  }

  /** {@code TYPE~ADDRESS~NAME.NAMESPACE~NAMESPACE.svc.DOMAIN}; ours has no domain. */
  private static Optional<String> id(String id, String namespace) {
    String[] parts = id.split("~", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    String named = parts[2].substring(parts[2].lastIndexOf('.') + 1);
    return differs("node.id: namespace", parts[2].indexOf('.') < 0 ? "" : named, namespace)
        .or(
            () ->
                parts[0].equals(OWN_ID)
                    ? Optional.empty()
                    : differs(
                        "node.id: domain",
                        IstioNodeId.parse(id).flatMap(IstioNodeId::namespace).orElse(""),
                        namespace));
  }

  private static Optional<String> differs(String what, String said, String proved) {
    return said.isEmpty() || said.equals(proved)
        ? Optional.empty()
        : Optional.of(what + ": not that of the certificate (expected: " + proved + ")");
  }

  private static String text(Node node, String key) {
    return node.getMetadata()
        .getFieldsMap()
        .getOrDefault(key, Value.getDefaultInstance())
        .getStringValue();
  }
}
