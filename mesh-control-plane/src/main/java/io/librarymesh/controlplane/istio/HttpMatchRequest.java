package io.librarymesh.controlplane.istio;

import java.util.Map;
import java.util.Optional;

/**
 * One alternative of a rule's {@code match}; every condition that is present must hold. Istio's
 * {@code HTTPMatchRequest}.
 *
 * @param position where the alternative begins
 * @param name its name, empty when none
 * @param statPrefix prefix of extra statistics, empty when none
 * @param scope conditions on the client and the port, decided before any request is seen
 * @param uri the path without query
 * @param scheme the URL's scheme
 * @param method the request method, case-sensitive
 * @param authority the Host header as sent, with its port if it has one
 * @param headers conditions by header name; all must hold
 * @param withoutHeaders conditions by header name; none may hold
 * @param queryParams conditions by query parameter name; all must hold
 */
public record HttpMatchRequest(
    SourcePosition position,
    String name,
    String statPrefix,
    MatchScope scope,
    Optional<UriMatch> uri,
    Optional<StringMatch> scheme,
    Optional<StringMatch> method,
    Optional<StringMatch> authority,
    Map<String, StringMatch> headers,
    Map<String, StringMatch> withoutHeaders,
    Map<String, StringMatch> queryParams) {

  /** Copies the maps, keeping their order. */
  public HttpMatchRequest {
    headers = Copies.ordered(headers);
    withoutHeaders = Copies.ordered(withoutHeaders);
    queryParams = Copies.ordered(queryParams);
  }

  /** A match without any condition. */
  public static HttpMatchRequest everything(SourcePosition position) {
    return new HttpMatchRequest(
        position,
        "",
        "",
        MatchScope.ANY,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Map.of());
  }

  /** The same without a condition on the port. */
  public HttpMatchRequest atAnyPort() {
    return new HttpMatchRequest(
        position,
        name,
        statPrefix,
        new MatchScope(
            Optional.empty(), scope.sourceLabels(), scope.sourceNamespace(), scope.gateways()),
        uri,
        scheme,
        method,
        authority,
        headers,
        withoutHeaders,
        queryParams);
  }

  /**
   * A condition on the path.
   *
   * @param match exact, prefix or regex; never presence, since a path is always present
   * @param ignoreUriCase whether case is ignored; has no effect on a regex
   */
  public record UriMatch(StringMatch match, boolean ignoreUriCase) {}
}
