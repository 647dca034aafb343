package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * What a rule does with a request. Istio has a field for each of these in {@code HTTPRoute} and
 * allows only one of them.
 */
public sealed interface HttpRouteAction {

  /**
   * Forward to one of the weighted destinations; Istio's {@code route}.
   *
   * @param destinations at least one; a single one takes everything whatever its weight
   */
  record Forward(List<HttpRouteDestination> destinations) implements HttpRouteAction {

    /** Copies the list. */
    public Forward {
      destinations = List.copyOf(destinations);
    }
  }

  /**
   * Answer with a redirect; Istio's {@code HTTPRedirect}.
   *
   * @param uri replaces the whole path
   * @param prefixRewrite replaces the matched prefix; excludes {@code uri}
   * @param authority replaces the host
   * @param scheme {@code http} or {@code https}
   * @param port an explicit port; excludes {@code derivePort}
   * @param derivePort where the port comes from
   * @param redirectCode the status: 301, 302, 303, 307 or 308; 301 when none was written
   */
  record Redirect(
      Optional<String> uri,
      Optional<String> prefixRewrite,
      Optional<String> authority,
      Optional<String> scheme,
      Optional<Integer> port,
      Optional<RedirectPortSelection> derivePort,
      int redirectCode)
      implements HttpRouteAction {}

  /** Where the port of a redirect comes from. */
  enum RedirectPortSelection {
    FROM_PROTOCOL_DEFAULT,
    FROM_REQUEST_PORT
  }

  /**
   * Answer without forwarding; Istio's {@code HTTPDirectResponse}.
   *
   * @param status the status, 200 to 599
   * @param body the body, at most 1 MiB
   */
  record DirectResponse(int status, Optional<HttpBody> body) implements HttpRouteAction {}

  /**
   * Splice in the rules of another VirtualService, one without hosts; Istio's {@code Delegate}.
   *
   * @param name that VirtualService's name
   * @param namespace its namespace; the resource's own when none was written
   * @param directResponse a direct response for those spliced rules that have none of their own
   */
  record Delegate(String name, String namespace, Optional<DirectResponse> directResponse)
      implements HttpRouteAction {}
}
