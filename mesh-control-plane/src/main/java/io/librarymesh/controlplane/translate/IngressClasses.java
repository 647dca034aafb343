package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Ingress;
import io.librarymesh.controlplane.istio.IngressClass;
import io.librarymesh.controlplane.istio.IngressSettings;
import io.librarymesh.controlplane.istio.IngressSettings.Mode;
import io.librarymesh.controlplane.istio.Resource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the Ingresses that are to be carried out from those of others. Immutable.
 *
 * <p>Source: Istio {@code shouldProcessIngressWithClass}.
 */
final class IngressClasses {

  private final Map<String, String> controllers = new HashMap<>();
  private final IngressSettings settings;

  IngressClasses(Collection<Resource> resources, IngressSettings settings) {
    this.settings = settings;
    for (Resource resource : resources) {
      if (resource instanceof IngressClass ingressClass) {
        controllers.put(ingressClass.metadata().name(), ingressClass.controller());
      }
    }
  }

  /**
   * Why an Ingress is not carried out.
   *
   * @param field the path of what says so
   * @param message the reason
   */
  record Reason(String field, String message) {}

  /** Empty for one that is carried out. */
  Optional<Reason> against(Ingress ingress) {
    if (settings.mode() == Mode.OFF) {
      return Optional.of(new Reason("", "ingressControllerMode of the MeshConfig is OFF"));
    }
    String annotation = ingress.metadata().annotations().get(Ingress.CLASS_ANNOTATION);
    if (annotation != null) {
      return annotation.equals(settings.className())
          ? Optional.empty()
          : reason(
              "metadata.annotations[\"" + Ingress.CLASS_ANNOTATION + "\"]",
              annotation + " (expected: " + settings.className() + ")");
    }
    return ingress.ingressClassName().isPresent()
        ? named(ingress.ingressClassName().get())
        : unnamed();
  }

  private Optional<Reason> named(String name) {
    String controller = controllers.get(name);
    if (IngressClass.ISTIO_CONTROLLER.equals(controller)) {
      return Optional.empty();
    }
    return reason(
        "spec.ingressClassName",
        controller == null
            ? name
                + ": no such IngressClass (expected: one with the controller "
                + IngressClass.ISTIO_CONTROLLER
                + ")"
            : name
                + ": its controller is "
                + controller
                + " (expected: "
                + IngressClass.ISTIO_CONTROLLER
                + ")");
  }

  private Optional<Reason> unnamed() {
    return settings.mode() == Mode.DEFAULT
        ? Optional.empty()
        : reason(
            "spec",
            "no class (expected: the annotation "
                + Ingress.CLASS_ANNOTATION
                + ": "
                + settings.className()
                + ", or ingressClassName)");
  }

  private static Optional<Reason> reason(String field, String message) {
    return Optional.of(new Reason(field, message));
  }
}
