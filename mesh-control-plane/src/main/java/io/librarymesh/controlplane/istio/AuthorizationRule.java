package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * A rule of an AuthorizationPolicy; Istio's {@code Rule}. It matches a request that comes from one
 * of the sources, is for one of the operations, and meets all conditions.
 *
 * @param from none: from anywhere
 * @param to none: for anything
 * @param when none: always
 */
public record AuthorizationRule(List<Source> from, List<Operation> to, List<Condition> when) {

  /** Copies the lists. */
  public AuthorizationRule {
    from = List.copyOf(from);
    to = List.copyOf(to);
    when = List.copyOf(when);
  }

  /**
   * Values of one attribute.
   *
   * @param any one of which it has to have; none: it does not matter
   * @param none which it must not have
   */
  public record Values(List<String> any, List<String> none) {
    /** Nothing is asked. */
    public static final Values NOTHING = new Values(List.of(), List.of());

    /** Copies the lists. */
    public Values {
      any = List.copyOf(any);
      none = List.copyOf(none);
    }

    /** Whether nothing is asked. */
    public boolean isEmpty() {
      return any.isEmpty() && none.isEmpty();
    }
  }

  /**
   * Who calls, all of which has to hold.
   *
   * @param principals identities by mutual TLS, such as {@code cluster.local/ns/foo/sa/web}
   * @param requestPrincipals identities by token, {@code ISSUER/SUBJECT}
   * @param namespaces of the identity
   * @param serviceAccounts {@code NAMESPACE/ACCOUNT}, or accounts of the policy's namespace
   * @param trustDomains of the identity
   * @param ipBlocks addresses at the other end of the connection
   * @param remoteIpBlocks addresses of the client, by what proxies say of it
   */
  public record Source(
      Values principals,
      Values requestPrincipals,
      Values namespaces,
      Values serviceAccounts,
      Values trustDomains,
      Values ipBlocks,
      Values remoteIpBlocks) {
    /** Whether nothing is asked. */
    public boolean isEmpty() {
      return principals.isEmpty()
          && requestPrincipals.isEmpty()
          && namespaces.isEmpty()
          && serviceAccounts.isEmpty()
          && trustDomains.isEmpty()
          && ipBlocks.isEmpty()
          && remoteIpBlocks.isEmpty();
    }
  }

  /**
   * What is called, all of which has to hold.
   *
   * @param hosts names that are asked for, with the port if there is one
   * @param ports that the workload listens on
   * @param methods of HTTP
   * @param paths without the query
   */
  public record Operation(Values hosts, Values ports, Values methods, Values paths) {
    /** Whether nothing is asked. */
    public boolean isEmpty() {
      return hosts.isEmpty() && ports.isEmpty() && methods.isEmpty() && paths.isEmpty();
    }
  }

  /**
   * A condition.
   *
   * @param key what it is about, such as {@code request.headers[x-env]}
   */
  public record Condition(String key, Values values) {}
}
