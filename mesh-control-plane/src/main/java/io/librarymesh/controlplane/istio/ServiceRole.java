package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * What may be done with services, as Istio had it until 1.5: {@code
 * rbac.istio.io/v1alpha1/ServiceRole}. Bound to callers by a {@link ServiceRoleBinding}, it is in
 * force as the AuthorizationPolicies that it is converted to.
 *
 * @param position where the document begins
 * @param metadata name and namespace, whose services it is about
 * @param rules any of them
 */
public record ServiceRole(SourcePosition position, Metadata metadata, List<AccessRule> rules)
    implements Resource {

  /** Copies the list. */
  public ServiceRole {
    rules = List.copyOf(rules);
  }

  @Override
  public Kind kind() {
    return Kind.SERVICE_ROLE;
  }

  /**
   * Requests to services. Lists that are empty say nothing; texts are {@code *}, {@code PREFIX*},
   * {@code *SUFFIX} or themselves.
   *
   * @param position where it stands
   * @param services complete hosts
   * @param constraints all of them
   */
  public record AccessRule(
      SourcePosition position,
      List<String> services,
      List<String> hosts,
      List<String> notHosts,
      List<String> paths,
      List<String> notPaths,
      List<String> methods,
      List<String> notMethods,
      List<Long> ports,
      List<Long> notPorts,
      List<Constraint> constraints) {

    /** Copies the lists. */
    public AccessRule {
      services = List.copyOf(services);
      hosts = List.copyOf(hosts);
      notHosts = List.copyOf(notHosts);
      paths = List.copyOf(paths);
      notPaths = List.copyOf(notPaths);
      methods = List.copyOf(methods);
      notMethods = List.copyOf(notMethods);
      ports = List.copyOf(ports);
      notPorts = List.copyOf(notPorts);
      constraints = List.copyOf(constraints);
    }
  }

  /** A property of the request or of the server, and its values, any of which it must have. */
  public record Constraint(SourcePosition position, String key, List<String> values) {

    /** Copies the list. */
    public Constraint {
      values = List.copyOf(values);
    }
  }
}
