package io.librarymesh.controlplane.translate;

import com.google.protobuf.ByteString;
import io.librarymesh.controlplane.istio.HttpBody;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteAction.RedirectPortSelection;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.route.v3.DirectResponseAction;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import java.util.Optional;

/** Answers without an upstream, as Envoy's RedirectAction and DirectResponseAction. */
final class RedirectTranslation {

  private RedirectTranslation() {}

  /**
   * A redirect.
   *
   * @param requestPort the port that the client called
   * @param requestScheme the scheme by which it was called
   */
  static RedirectAction redirect(
      HttpRouteAction.Redirect redirect, int requestPort, String requestScheme) {
    RedirectAction.Builder action =
        RedirectAction.newBuilder().setResponseCode(code(redirect.redirectCode()));
    redirect.uri().ifPresent(action::setPathRedirect);
    redirect.prefixRewrite().ifPresent(action::setPrefixRewrite);
    redirect.authority().ifPresent(action::setHostRedirect);
    redirect.scheme().ifPresent(action::setSchemeRedirect);
    port(redirect, requestPort)
        .filter(port -> !isDefaultPort(redirect.scheme().orElse(requestScheme), port))
        .ifPresent(action::setPortRedirect);
    return action.build();
  }

  /**
   * Under the Gateway API a scheme without a port leads to the port that is well known for it. Of
   * the host of a request Envoy drops the port only if that says what the old scheme says, and of
   * another host it is not known; so it is written where it would stay.
   */
  static RedirectAction toPortOfScheme(
      RedirectAction action, int requestPort, String requestScheme) {
    boolean stays =
        action.getHostRedirect().isEmpty() && !isDefaultPort(requestScheme, requestPort);
    return action.getSchemeRedirect().isEmpty() || action.getPortRedirect() != 0 || !stays
        ? action
        : action.toBuilder()
            .setPortRedirect(action.getSchemeRedirect().equals("https") ? 443 : 80)
            .build();
  }

  private static Optional<Integer> port(HttpRouteAction.Redirect redirect, int requestPort) {
    return redirect
        .port()
        .or(
            () ->
                redirect
                    .derivePort()
                    .filter(RedirectPortSelection.FROM_REQUEST_PORT::equals)
                    .map(derived -> requestPort));
  }

  private static boolean isDefaultPort(String scheme, int port) {
    return (scheme.equals("http") && port == 80) || (scheme.equals("https") && port == 443);
  }

  private static RedirectResponseCode code(int status) {
    return switch (status) {
      case 302 -> RedirectResponseCode.FOUND;
      case 303 -> RedirectResponseCode.SEE_OTHER;
      case 307 -> RedirectResponseCode.TEMPORARY_REDIRECT;
      case 308 -> RedirectResponseCode.PERMANENT_REDIRECT;
      default -> RedirectResponseCode.MOVED_PERMANENTLY;
    };
  }

  static DirectResponseAction directResponse(HttpRouteAction.DirectResponse response) {
    DirectResponseAction.Builder action =
        DirectResponseAction.newBuilder().setStatus(response.status());
    response.body().ifPresent(body -> action.setBody(body(body)));
    return action.build();
  }

  private static DataSource body(HttpBody body) {
    return body instanceof HttpBody.Text text
        ? DataSource.newBuilder().setInlineString(text.string()).build()
        : DataSource.newBuilder().setInlineBytes(ByteString.copyFrom(body.bytes())).build();
  }
}
