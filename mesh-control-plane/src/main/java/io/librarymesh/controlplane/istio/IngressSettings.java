package io.librarymesh.controlplane.istio;

import java.util.Optional;

/**
 * What the {@code MeshConfig} says of Ingresses; absent is Istio's default.
 *
 * @param controllerMode which Ingresses are carried out
 * @param ingressClass the class that the annotation of such a one names
 * @param ingressSelector the value of the label {@value #LABEL} of the proxies that carry them out
 * @param ingressService the Service in front of these proxies, whose name the label has where no
 *     selector is written
 */
public record IngressSettings(
    Optional<Mode> controllerMode,
    Optional<String> ingressClass,
    Optional<String> ingressSelector,
    Optional<String> ingressService) {

  /** Istio's defaults. */
  public static final IngressSettings NONE =
      new IngressSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** The label by which proxies at the edge are told apart. */
  public static final String LABEL = "istio";

  private static final String DEFAULT_SERVICE = "istio-ingressgateway";
  private static final String DEFAULT_PROXIES = "ingressgateway";

  /** Istio's {@code MeshConfig.IngressControllerMode}. */
  public enum Mode {
    /** None. */
    OFF,
    /** Those of the class, and those without any. */
    DEFAULT,
    /** Those of the class. */
    STRICT
  }

  /** Which Ingresses are carried out. */
  public Mode mode() {
    return controllerMode.orElse(Mode.STRICT);
  }

  /** The class that an annotation names. */
  public String className() {
    return ingressClass.orElse("istio");
  }

  /** The value of the label of the proxies. */
  public String proxies() {
    // What Istio installs is labelled otherwise than its Service is named.
    return ingressSelector
        .or(() -> ingressService.filter(service -> !service.equals(DEFAULT_SERVICE)))
        .orElse(DEFAULT_PROXIES);
  }
}
