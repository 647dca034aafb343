package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Rules of an Ingress and of an IngressClass, which are those of Kubernetes' API server.
 *
 * <p>Source: Kubernetes {@code ValidateIngressSpec}, {@code ValidateIngressClassSpec}.
 */
final class IngressRules {
  private static final Pattern PORT_NAME =
      Pattern.compile("(?=.*[a-z])[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,14}");

  /** With these in it nobody knows which elements a path has. */
  private static final List<String> NOT_IN_PATHS = List.of("//", "/./", "/../", "%2f", "%2F");

  private static final List<String> NOT_AT_THE_END = List.of("/..", "/.");
  private static final int LONGEST_CONTROLLER = 250;

  private final ValueRules rules;

  private IngressRules(ValueRules rules) {
    this.rules = rules;
  }

  static void check(Ingress ingress, FieldPath spec, ValueRules rules) {
    IngressRules all = new IngressRules(rules);
    if (ingress.rules().isEmpty() && ingress.defaultBackend().isEmpty()) {
      rules.missing(spec, "rules, or a defaultBackend");
    }
    FieldPath name = spec.field("ingressClassName");
    ingress
        .ingressClassName()
        .filter(written -> !Names.isDnsSubdomain(written))
        .ifPresent(
            written -> rules.invalid(name, written, "lower-case letters, digits, '-' and '.'"));
    ingress
        .defaultBackend()
        .ifPresent(backend -> all.backend(backend, spec.field("defaultBackend")));
    for (int i = 0; i < ingress.rules().size(); i++) {
      all.rule(ingress.rules().get(i), spec.field("rules").index(i));
    }
    for (int i = 0; i < ingress.tls().size(); i++) {
      all.tls(ingress.tls().get(i), spec.field("tls").index(i));
    }
  }

  static void check(IngressClass ingressClass, FieldPath spec, ValueRules rules) {
    FieldPath path = spec.field("controller");
    String controller = ingressClass.controller();
    int slash = controller.indexOf('/');
    if (controller.isEmpty()) {
      rules.missing(path, "a controller, such as " + IngressClass.ISTIO_CONTROLLER);
    } else if (slash < 1
        || slash == controller.length() - 1
        || controller.length() > LONGEST_CONTROLLER
        || !Names.isDnsSubdomain(controller.substring(0, slash))) {
      rules.invalid(path, controller, "DOMAIN/PATH, such as " + IngressClass.ISTIO_CONTROLLER);
    }
  }

  private void rule(Ingress.Rule rule, FieldPath path) {
    host(rule.host(), path.field("host"));
    FieldPath paths = path.fields("http", "paths");
    for (int i = 0; i < rule.paths().size(); i++) {
      Ingress.Path each = rule.paths().get(i);
      path(each, paths.index(i).field("path"));
      backend(each.backend(), paths.index(i).field("backend"));
    }
  }

  private void host(String host, FieldPath path) {
    boolean wildcard = host.startsWith("*.");
    if (Names.isIp(host)) {
      rules.invalid(path, host, "a DNS name, no address");
    } else if (!host.isEmpty() && !Names.isDnsSubdomain(wildcard ? host.substring(2) : host)) {
      rules.invalid(
          path, host, "a DNS name in lower case; a wildcard only as its whole first label");
    }
  }

  private void path(Ingress.Path written, FieldPath path) {
    String text = written.path();
    boolean specific = written.type() == Ingress.PathType.IMPLEMENTATION_SPECIFIC;
    if (!text.startsWith("/") && !(specific && text.isEmpty())) {
      rules.invalid(path, text.isEmpty() ? "missing" : text, "a path that begins with '/'");
    } else if (!specific) {
      NOT_IN_PATHS.stream()
          .filter(text::contains)
          .findFirst()
          .ifPresent(found -> rules.invalid(path, text, "a path without '" + found + "'"));
      NOT_AT_THE_END.stream()
          .filter(text::endsWith)
          .findFirst()
          .ifPresent(found -> rules.invalid(path, text, "a path that does not end with " + found));
    }
  }

  /** What has no service at all is said of the whole, where a refused resource explains it. */
  private void backend(Ingress.Backend backend, FieldPath path) {
    FieldPath service = path.field("service");
    FieldPath port = service.field("port");
    if (!rules.report().isWritten(service)) {
      rules.missing(path, "service with name and port");
      return;
    }
    if (backend.service().isEmpty()) {
      rules.missing(service.field("name"), "the name of a Service");
    } else if (!Names.isServiceName(backend.service())) {
      rules.invalid(
          service.field("name"),
          backend.service(),
          "lower-case letters, digits and '-', beginning with a letter");
    }
    boolean number = rules.report().isWritten(port.field("number"));
    if (!number && backend.portName().isEmpty()) {
      rules.missing(port, "number or name");
    } else if (number && !backend.portName().isEmpty()) {
      rules.report().invalid(port, "number and name together (expected: one of them)");
    } else if (number) {
      rules.port(port.field("number"), backend.port());
    } else if (!PORT_NAME.matcher(backend.portName()).matches()) {
      rules.invalid(
          port.field("name"),
          backend.portName(),
          "a port's name: at most 15 of a-z, 0-9 and single '-'");
    }
  }

  private void tls(Ingress.Tls tls, FieldPath path) {
    for (int i = 0; i < tls.hosts().size(); i++) {
      String host = tls.hosts().get(i);
      FieldPath at = path.field("hosts").index(i);
      if (host.isEmpty()) {
        rules.missing(at, "a host");
      } else {
        host(host, at);
      }
    }
    if (!tls.secretName().isEmpty() && !Names.isDnsSubdomain(tls.secretName())) {
      rules.invalid(
          path.field("secretName"), tls.secretName(), "lower-case letters, digits, '-' and '.'");
    }
  }
}
