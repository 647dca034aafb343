package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ExtensionProvider.Authorizer;
import io.librarymesh.controlplane.istio.ExtensionProvider.Headers;
import io.librarymesh.controlplane.translate.Authorizers.Asked;
import io.librarymesh.proto.envoy.config.core.v3.ApiVersion;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValue;
import io.librarymesh.proto.envoy.config.core.v3.HttpUri;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.AuthorizationRequest;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.AuthorizationResponse;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.HttpService;
import io.librarymesh.proto.envoy.type.matcher.v3.ListStringMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.MetadataMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.ValueMatcher;
import io.librarymesh.proto.envoy.type.v3.HttpStatus;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/**
 * Makes the filter that asks an authorizer over HTTP. Source: Istio {@code
 * pilot/pkg/security/authz/builder/extauthz.go}.
 */
final class ExternalAuthorizationTranslation {
  static final String FILTER = "envoy.filters.http.ext_authz";

  /** What the names of policies begin with that mark requests for an authorizer. */
  static final String POLICY_PREFIX = "istio-ext-authz-";

  static final String SHADOW_PREFIX = "istio_ext_authz_";

  /** Istio's, which says nothing of how long an authorizer may take. */
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private ExternalAuthorizationTranslation() {}

  static ExtAuthz filter(Asked asked) {
    Authorizer authorizer = asked.authorizer();
    ExtAuthz.Builder filter =
        ExtAuthz.newBuilder()
            .setTransportApiVersion(ApiVersion.V3)
            .setFailureModeAllow(authorizer.failOpen())
            .setFilterEnabledMetadata(marked())
            .setHttpService(service(asked));
    authorizer
        .statusOnError()
        .ifPresent(
            status ->
                filter.setStatusOnError(
                    HttpStatus.newBuilder().setCodeValue(Integer.parseInt(status))));
    if (!authorizer.headers().request().isEmpty()) {
      filter.setAllowedHeaders(patterns(authorizer.headers().request()));
    }
    return filter.build();
  }

  private static MetadataMatcher marked() {
    return MetadataMatcher.newBuilder()
        .setFilter("envoy.filters.http.rbac")
        .addPath(
            MetadataMatcher.PathSegment.newBuilder()
                .setKey(SHADOW_PREFIX + "shadow_effective_policy_id"))
        .setValue(
            ValueMatcher.newBuilder()
                .setStringMatch(
                    StringMatcher.newBuilder()
                        .setPrefix(POLICY_PREFIX.substring(0, POLICY_PREFIX.length() - 1))))
        .build();
  }

  private static HttpService service(Asked asked) {
    Authorizer authorizer = asked.authorizer();
    Headers headers = authorizer.headers();
    HttpService.Builder service =
        HttpService.newBuilder()
            .setPathPrefix(authorizer.pathPrefix().orElse(""))
            .setServerUri(
                HttpUri.newBuilder()
                    .setUri("http://" + asked.cluster().host())
                    .setCluster(asked.cluster().toString())
                    .setTimeout(Packing.duration(authorizer.timeout().orElse(TIMEOUT))));
    if (!headers.added().isEmpty()) {
      AuthorizationRequest.Builder request = AuthorizationRequest.newBuilder();
      new TreeMap<>(headers.added())
          .forEach(
              (name, value) ->
                  request.addHeadersToAdd(HeaderValue.newBuilder().setKey(name).setValue(value)));
      service.setAuthorizationRequest(request);
    }
    AuthorizationResponse.Builder response = AuthorizationResponse.newBuilder();
    if (!headers.toApplication().isEmpty()) {
      response.setAllowedUpstreamHeaders(patterns(headers.toApplication()));
    }
    if (!headers.toCallerOnDeny().isEmpty()) {
      response.setAllowedClientHeaders(patterns(headers.toCallerOnDeny()));
    }
    if (!headers.toCallerOnAllow().isEmpty()) {
      response.setAllowedClientHeadersOnSuccess(patterns(headers.toCallerOnAllow()));
    }
    if (!response.build().equals(AuthorizationResponse.getDefaultInstance())) {
      service.setAuthorizationResponse(response);
    }
    return service.build();
  }

  private static ListStringMatcher patterns(List<String> names) {
    ListStringMatcher.Builder patterns = ListStringMatcher.newBuilder();
    names.forEach(name -> patterns.addPatterns(TextPatterns.ofAnyCase(name)));
    return patterns.build();
  }
}
