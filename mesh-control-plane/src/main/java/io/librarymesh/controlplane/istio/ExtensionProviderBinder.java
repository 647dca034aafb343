package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.ExtensionProvider.Authorizer;
import io.librarymesh.controlplane.istio.ExtensionProvider.Headers;
import io.librarymesh.controlplane.istio.ExtensionProvider.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the extension providers of a {@code MeshConfig}; authorizers are those that are used. */
final class ExtensionProviderBinder {
  private static final List<String> OTHERS =
      List.of(
          "datadog",
          "envoyFileAccessLog",
          "envoyHttpAls",
          "envoyOtelAls",
          "envoyTcpAls",
          "lightstep",
          "opencensus",
          "opentelemetry",
          "prometheus",
          "sds",
          "skywalking",
          "stackdriver",
          "zipkin");

  private ExtensionProviderBinder() {}

  static ExtensionProvider bind(Fields provider) {
    for (String other : OTHERS) {
      if (provider.has(other)) {
        provider.inform(other, "not used here: it concerns proxies");
      }
    }
    return new ExtensionProvider(
        provider.textOrEmpty("name"),
        provider
            .message("envoyExtAuthzHttp", ExtensionProviderBinder::overHttp)
            .or(() -> provider.message("envoyExtAuthzGrpc", ExtensionProviderBinder::overGrpc)));
  }

  private static Authorizer overHttp(Fields http) {
    List<String> request = new ArrayList<>(http.texts("includeRequestHeadersInCheck"));
    // Istio's older name, which counts where the newer one is not written.
    List<String> older = http.texts("includeHeadersInCheck");
    return authorizer(
        http,
        Protocol.HTTP,
        http.text("pathPrefix"),
        new Headers(
            request.isEmpty() ? older : request,
            http.textMap("includeAdditionalHeadersInCheck"),
            http.texts("headersToUpstreamOnAllow"),
            http.texts("headersToDownstreamOnDeny"),
            http.texts("headersToDownstreamOnAllow")));
  }

  private static Authorizer overGrpc(Fields grpc) {
    return authorizer(
        grpc,
        Protocol.GRPC,
        Optional.empty(),
        new Headers(
            List.of(),
            grpc.textMap("includeAdditionalHeadersInCheck"),
            List.of(),
            List.of(),
            List.of()));
  }

  private static Authorizer authorizer(
      Fields fields, Protocol protocol, Optional<String> pathPrefix, Headers headers) {
    // It would let routes be chosen anew by what the authorizer has set; servers have no routes.
    fields.skip("clearRouteCache");
    return new Authorizer(
        protocol,
        fields.textOrEmpty("service"),
        fields.port("port"),
        fields.duration("timeout"),
        fields.flag("failOpen"),
        fields.text("statusOnError"),
        pathPrefix,
        headers,
        fields
            .message(
                "includeRequestBodyInCheck",
                body -> {
                  body.skip("maxRequestBytes", "allowPartialMessage", "packAsBytes");
                  return true;
                })
            .orElse(false));
  }
}
