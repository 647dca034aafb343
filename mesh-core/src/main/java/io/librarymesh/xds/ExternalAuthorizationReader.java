package io.librarymesh.xds;

import io.librarymesh.config.ExternalAuthorization;
import io.librarymesh.config.ExternalAuthorization.Answers;
import io.librarymesh.config.ExternalAuthorization.Check;
import io.librarymesh.config.ExternalAuthorization.Failure;
import io.librarymesh.config.ExternalAuthorization.Mark;
import io.librarymesh.config.StringMatch;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValue;
import io.librarymesh.proto.envoy.config.core.v3.HttpUri;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.AuthorizationResponse;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.HttpService;
import io.librarymesh.proto.envoy.type.matcher.v3.ListStringMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.MetadataMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads whom to ask about requests to a server, over HTTP. What is not understood is an error: the
 * question, or what its answer means, would be another one.
 *
 * <p>Source: Envoy {@code http.ext_authz.v3.ExtAuthz}.
 */
final class ExternalAuthorizationReader {
  private static final String RBAC = "envoy.filters.http.rbac";
  private static final String POLICY = "shadow_effective_policy_id";
  private static final int FORBIDDEN = 403;
  private static final int LEAST_STATUS = 100;
  private static final int GREATEST_STATUS = 599;

  private final FieldPath at;
  private final Findings findings;

  private ExternalAuthorizationReader(FieldPath at, Findings findings) {
    this.at = at;
    this.findings = findings;
  }

  /** Empty, with an error added, when nothing can be made of it. */
  static Optional<ExternalAuthorization> filter(ExtAuthz filter, FieldPath at, Findings findings) {
    return new ExternalAuthorizationReader(at, findings).read(filter);
  }

  private Optional<ExternalAuthorization> read(ExtAuthz filter) {
    FieldUse.requireKnown(filter, at, findings);
    if (!filter.hasHttpService()) {
      findings.error(at.field("http_service"), "not set (expected: an authorizer over HTTP)");
      return Optional.empty();
    }
    HttpService service = filter.getHttpService();
    FieldPath place = at.field("http_service");
    FieldUse.requireKnown(service, place, findings);
    return check(filter, service, place)
        .map(
            check ->
                new ExternalAuthorization(
                    filter.hasFilterEnabledMetadata()
                        ? Optional.of(mark(filter.getFilterEnabledMetadata()))
                        : Optional.empty(),
                    check,
                    answers(service, place.field("authorization_response")),
                    new Failure(filter.getFailureModeAllow(), status(filter))));
  }

  private Optional<Check> check(ExtAuthz filter, HttpService service, FieldPath place) {
    HttpUri uri = service.getServerUri();
    FieldPath inUri = place.field("server_uri");
    if (uri.getCluster().isEmpty()) {
      findings.error(inUri.field("cluster"), "empty (expected: the cluster of the authorizer)");
    }
    String prefix = service.getPathPrefix();
    if (!prefix.isEmpty() && !prefix.startsWith("/")) {
      findings.error(place.field("path_prefix"), prefix + " (expected: /...)");
    }
    FieldPath request = place.field("authorization_request");
    FieldUse.requireKnown(service.getAuthorizationRequest(), request, findings);
    Map<String, String> added = new LinkedHashMap<>();
    for (HeaderValue header : service.getAuthorizationRequest().getHeadersToAddList()) {
      FieldUse.requireKnown(header, request.field("headers_to_add"), findings);
      added.put(header.getKey(), header.getValue());
    }
    List<StringMatch> headers = patterns(filter.getAllowedHeaders(), at.field("allowed_headers"));
    long timeout = DurationReader.positiveNanos(uri.getTimeout(), inUri.field("timeout"), findings);
    return findings.hasErrors()
        ? Optional.empty()
        : Optional.of(new Check(uri.getCluster(), timeout, prefix, headers, added));
  }

  private Answers answers(HttpService service, FieldPath place) {
    AuthorizationResponse response = service.getAuthorizationResponse();
    FieldUse.requireKnown(response, place, findings);
    return new Answers(
        patterns(response.getAllowedUpstreamHeaders(), place.field("allowed_upstream_headers")),
        patterns(
            response.getAllowedClientHeadersOnSuccess(),
            place.field("allowed_client_headers_on_success")),
        patterns(response.getAllowedClientHeaders(), place.field("allowed_client_headers")));
  }

  private List<StringMatch> patterns(ListStringMatcher matcher, FieldPath place) {
    FieldUse.requireKnown(matcher, place, findings);
    List<StringMatch> patterns = new ArrayList<>();
    for (int i = 0; i < matcher.getPatternsCount(); i++) {
      patterns.add(
          MatcherReader.text(matcher.getPatterns(i), place.element("patterns", i), findings));
    }
    return patterns;
  }

  private int status(ExtAuthz filter) {
    int status = filter.getStatusOnError().getCodeValue();
    if (status == 0) {
      return FORBIDDEN;
    }
    if (status < LEAST_STATUS || status > GREATEST_STATUS) {
      findings.error(
          at.field("status_on_error").field("code"),
          status + " (expected: " + LEAST_STATUS + " to " + GREATEST_STATUS + ")");
    }
    return status;
  }

  /** Of what policies that are tried out have left behind, which is all that is left here. */
  private Mark mark(MetadataMatcher matcher) {
    FieldPath place = at.field("filter_enabled_metadata");
    FieldUse.requireKnown(matcher, place, findings);
    String key = matcher.getPathCount() == 1 ? matcher.getPath(0).getKey() : "";
    boolean isMark =
        matcher.getFilter().equals(RBAC)
            && key.endsWith(POLICY)
            && !matcher.getInvert()
            && matcher.getValue().getMatchPatternCase()
                == ValueMatcher.MatchPatternCase.STRING_MATCH;
    if (!isMark) {
      findings.error(
          place, "another condition (expected: a text in ..." + POLICY + " of " + RBAC + ")");
      return new Mark("", new StringMatch.Prefix("", false));
    }
    return new Mark(
        key.substring(0, key.length() - POLICY.length()),
        MatcherReader.text(
            matcher.getValue().getStringMatch(),
            place.field("value").field("string_match"),
            findings));
  }
}
