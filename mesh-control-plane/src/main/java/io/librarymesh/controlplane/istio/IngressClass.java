package io.librarymesh.controlplane.istio;

/**
 * Says whose the Ingresses of a class are; {@code networking.k8s.io/v1} {@code IngressClass}.
 *
 * @param position where the document begins
 * @param metadata the name by which Ingresses name it; it is of the whole cluster, so the namespace
 *     says nothing
 * @param controller who carries Ingresses of this class out
 */
public record IngressClass(SourcePosition position, Metadata metadata, String controller)
    implements Resource {

  /** The controller of what Istio's gateways carry out. */
  public static final String ISTIO_CONTROLLER = "istio.io/ingress-controller";

  @Override
  public Kind kind() {
    return Kind.INGRESS_CLASS;
  }
}
