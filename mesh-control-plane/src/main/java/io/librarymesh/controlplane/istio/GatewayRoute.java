package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Rules for the callers of services; {@code HTTPRoute} and {@code GRPCRoute} of the Kubernetes
 * Gateway API. Routes for Gateways have the same form and concern no client of the mesh.
 *
 * @param position where the document begins
 * @param metadata name and namespace; it is for all callers in the namespace of the service, and in
 *     another one for the callers of that namespace alone
 * @param kind {@code HTTP_ROUTE} or {@code GRPC_ROUTE}
 * @param parentRefs what the rules are for
 * @param rules the rules, in file order, which decides only between equal matches
 * @see <a href="https://gateway-api.sigs.k8s.io/geps/gep-1294/">GEP-1294</a>
 */
public record GatewayRoute(
    SourcePosition position,
    Metadata metadata,
    Kind kind,
    List<ParentRef> parentRefs,
    List<Rule> rules)
    implements Resource {

  /** Copies the lists. */
  public GatewayRoute {
    parentRefs = List.copyOf(parentRefs);
    rules = List.copyOf(rules);
  }

  /** What rules are for. */
  public enum ParentKind {
    /** A Kubernetes Service. */
    SERVICE,
    /** All hosts of a ServiceEntry. */
    SERVICE_ENTRY,
    /** A Gateway or its like, which is no matter of clients. */
    GATEWAY
  }

  /**
   * One thing that the rules are for; the Gateway API's {@code ParentReference}.
   *
   * @param position where the entry begins
   * @param kind what it is
   * @param namespace its namespace; the route's own when none was written
   * @param name its name
   * @param sectionName a part of a Gateway; empty when none was written
   * @param port the only port that the rules are for; absent means all
   */
  public record ParentRef(
      SourcePosition position,
      ParentKind kind,
      String namespace,
      String name,
      String sectionName,
      Optional<Integer> port) {}

  /**
   * One rule; {@code HTTPRouteRule}, {@code GRPCRouteRule}.
   *
   * @param position where the rule begins
   * @param name its name, empty when none was written
   * @param matches alternatives; paths are exact, {@link StringMatch.PathPrefix} or regex
   * @param filters what happens to the request and the answer
   * @param backendRefs where requests go; none, or none with a weight, is an answer of 500
   * @param timeout the limit of the whole call; zero and absence mean none
   * @param backendTimeout the limit of one try; zero and absence mean none
   * @param retry when to try again; absent means what the mesh says
   */
  public record Rule(
      SourcePosition position,
      String name,
      List<HttpMatchRequest> matches,
      List<Filter> filters,
      List<BackendRef> backendRefs,
      Optional<Duration> timeout,
      Optional<Duration> backendTimeout,
      Optional<Retry> retry) {

    /** Copies the lists. */
    public Rule {
      matches = List.copyOf(matches);
      filters = List.copyOf(filters);
      backendRefs = List.copyOf(backendRefs);
    }
  }

  /** What requests go to. */
  public enum BackendKind {
    /** A Kubernetes Service. */
    SERVICE,
    /** A host of a ServiceEntry; Istio's {@code Hostname}. */
    HOSTNAME,
    /** Something that a client cannot call; requests for it are answered with 500. */
    OTHER
  }

  /**
   * Where requests go; {@code HTTPBackendRef}, {@code GRPCBackendRef}.
   *
   * @param position where the entry begins
   * @param kind what it is
   * @param writtenKind {@code group/kind} as written
   * @param namespace its namespace; the route's own when none was written
   * @param name its name, or a host
   * @param port its port; validation refuses absence where one is needed
   * @param weight its share; 1 when none was written, and 0 means never
   * @param filters what happens to requests that go there
   */
  public record BackendRef(
      SourcePosition position,
      BackendKind kind,
      String writtenKind,
      String namespace,
      String name,
      Optional<Integer> port,
      int weight,
      List<Filter> filters) {

    /** Copies the list. */
    public BackendRef {
      filters = List.copyOf(filters);
    }
  }

  /** What happens to requests and answers; {@code HTTPRouteFilter}, {@code GRPCRouteFilter}. */
  public sealed interface Filter {}

  /** Changes headers of the request; names in lower case. */
  public record RequestHeaderModifier(Headers.Operations operations) implements Filter {}

  /** Changes headers of the answer; names in lower case. */
  public record ResponseHeaderModifier(Headers.Operations operations) implements Filter {}

  /** Sends a copy to another backend, whose answer nobody reads. */
  public record RequestMirror(BackendRef backend, Percent percentage) implements Filter {}

  /**
   * Answers with a redirect.
   *
   * @param scheme {@code http} or {@code https}
   * @param hostname the new host
   * @param path the new path
   * @param port the new port; absent means that of the request, or that of a written scheme
   * @param statusCode 302 when none was written
   */
  public record RequestRedirect(
      Optional<String> scheme,
      Optional<String> hostname,
      Optional<PathModifier> path,
      Optional<Integer> port,
      int statusCode)
      implements Filter {}

  /** Changes host and path before forwarding. */
  public record UrlRewrite(Optional<String> hostname, Optional<PathModifier> path)
      implements Filter {}

  /** Answers to browser preflights; read and not in force. */
  public record Cors() implements Filter {}

  /**
   * Another path; {@code HTTPPathModifier}.
   *
   * @param replacement replaces the whole path or the matched prefix
   * @param prefix whether it is the prefix that is replaced, by whole segments
   */
  public record PathModifier(String replacement, boolean prefix) {}

  /**
   * When to try again; {@code HTTPRouteRetry}.
   *
   * @param codes answers that are tried again, besides connections that fail
   * @param attempts how often; 2 when none was written
   * @param backoff the least wait between tries
   */
  public record Retry(List<Integer> codes, int attempts, Optional<Duration> backoff) {

    /** Copies the list. */
    public Retry {
      codes = List.copyOf(codes);
    }
  }
}
