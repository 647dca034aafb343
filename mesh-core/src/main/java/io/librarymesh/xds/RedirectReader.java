package io.librarymesh.xds;

import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RouteAction.Redirect;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction;

/** Reads where a route sends its callers. Source: Envoy {@code route.v3.RedirectAction}. */
final class RedirectReader {
  private static final int MAX_PORT = 65_535;

  private RedirectReader() {}

  static Redirect read(RedirectAction action, FieldPath at, Findings findings) {
    return new Redirect(
        status(action, at, findings),
        scheme(action),
        action.getHostRedirect(),
        port(action, at, findings),
        path(action, at, findings),
        action.getStripQuery());
  }

  private static int status(RedirectAction action, FieldPath at, Findings findings) {
    return switch (action.getResponseCode()) {
      case MOVED_PERMANENTLY -> 301;
      case FOUND -> 302;
      case SEE_OTHER -> 303;
      case TEMPORARY_REDIRECT -> 307;
      case PERMANENT_REDIRECT -> 308;
      case UNRECOGNIZED -> {
        findings.error(
            at.field("response_code"),
            action.getResponseCodeValue() + " (expected: a code of RedirectResponseCode)");
        yield 301;
      }
    };
  }

  private static String scheme(RedirectAction action) {
    return switch (action.getSchemeRewriteSpecifierCase()) {
      case HTTPS_REDIRECT -> action.getHttpsRedirect() ? "https" : "";
      case SCHEME_REDIRECT -> action.getSchemeRedirect();
      case SCHEMEREWRITESPECIFIER_NOT_SET -> "";
    };
  }

  private static int port(RedirectAction action, FieldPath at, Findings findings) {
    long port = Integer.toUnsignedLong(action.getPortRedirect());
    if (port > MAX_PORT) {
      findings.error(at.field("port_redirect"), port + " (expected: 0.." + MAX_PORT + ")");
      return 0;
    }
    return (int) port;
  }

  private static PathRewrite path(RedirectAction action, FieldPath at, Findings findings) {
    return switch (action.getPathRewriteSpecifierCase()) {
      case PATH_REDIRECT ->
          action.getPathRedirect().isEmpty()
              ? PathRewrite.NONE
              : new PathRewrite.Whole(action.getPathRedirect());
      case PREFIX_REWRITE -> new PathRewrite.Prefix(action.getPrefixRewrite());
      case REGEX_REWRITE ->
          RegexReader.rewrite(action.getRegexRewrite(), at.field("regex_rewrite"), findings);
      case PATHREWRITESPECIFIER_NOT_SET -> PathRewrite.NONE;
    };
  }
}
