package io.librarymesh.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Has an authorizer decide that is called over HTTP. Source: Envoy {@code
 * http.ext_authz.v3.ExtAuthz}.
 *
 * @param mark which requests it is asked about; empty: all
 */
public record ExternalAuthorization(
    Optional<Mark> mark, Check check, Answers answers, Failure failure) implements InboundFilter {

  /**
   * Requests that a policy has marked which an {@link InboundFilter.Rbac} before this one tries
   * out. Source: Envoy {@code filter_enabled_metadata}.
   *
   * @param prefix the {@link InboundFilter.Rbac#shadowPrefix} of that filter
   * @param policy asked of the name of the policy
   */
  public record Mark(String prefix, StringMatch policy) {}

  /**
   * What is asked: with the method and the host of the request, without its body.
   *
   * @param cluster that of the authorizer, such as {@code
   *     outbound|8000||authz.default.svc.cluster.local}
   * @param timeoutNanos how long an answer is waited for; {@code > 0}
   * @param pathPrefix comes before the path of the request
   * @param headers the names of those that are sent besides {@code authorization}
   * @param added headers that are sent besides, by name
   */
  public record Check(
      String cluster,
      long timeoutNanos,
      String pathPrefix,
      List<StringMatch> headers,
      Map<String, String> added) {
    /**
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Check {
      if (timeoutNanos <= 0) {
        throw new IllegalArgumentException("timeout: " + timeoutNanos + " ns (expected: > 0)");
      }
      headers = List.copyOf(headers);
      added = Map.copyOf(added);
    }
  }

  /**
   * Which headers of answers go further, by their names.
   *
   * @param toApplication of one that allows, into the request: these never come from the caller
   * @param toCallerOnAllow of one that allows, into the application's response
   * @param toCallerOnDeny of one that denies, besides those that always do; empty: all
   */
  public record Answers(
      List<StringMatch> toApplication,
      List<StringMatch> toCallerOnAllow,
      List<StringMatch> toCallerOnDeny) {
    public Answers {
      toApplication = List.copyOf(toApplication);
      toCallerOnAllow = List.copyOf(toCallerOnAllow);
      toCallerOnDeny = List.copyOf(toCallerOnDeny);
    }
  }

  /**
   * What becomes of requests about which the authorizer cannot be asked, or answers with 5xx.
   *
   * @param open whether they pass
   * @param status of HTTP for those that do not
   */
  public record Failure(boolean open, int status) {}
}
