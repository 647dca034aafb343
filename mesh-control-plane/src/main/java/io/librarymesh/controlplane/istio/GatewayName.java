package io.librarymesh.controlplane.istio;

/** How VirtualServices name Gateways. */
final class GatewayName {
  private GatewayName() {}

  /**
   * The whole name, {@code namespace/name}: a short one is of the namespace of who writes it, and
   * so is {@code ./name}; {@code name.namespace...} is the form of Istio's first releases. {@code
   * mesh} and what is no name at all stay as they are.
   *
   * <p>Source: Istio {@code resolveGatewayName}.
   */
  static String resolve(String written, String ownNamespace) {
    int slash = written.indexOf('/');
    if (slash >= 0) {
      return written.startsWith("./") ? ownNamespace + written.substring(1) : written;
    }
    if (written.equals(VirtualService.MESH_GATEWAY) || !Names.isFqdn(written)) {
      return written;
    }
    String[] labels = written.split("\\.", -1);
    return labels.length == 1 ? ownNamespace + "/" + written : labels[1] + "/" + labels[0];
  }
}
