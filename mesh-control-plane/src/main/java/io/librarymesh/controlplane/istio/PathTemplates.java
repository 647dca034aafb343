package io.librarymesh.controlplane.istio;

import java.util.regex.Pattern;

/**
 * Paths of an AuthorizationPolicy with <code>{*}</code>, one segment, or <code>{**}</code>, all
 * that follows.
 */
public final class PathTemplates {
  private static final String ONE = "{*}";
  private static final String REST = "{**}";

  /** RFC 3986 {@code pchar}, without the star. */
  private static final Pattern LITERAL =
      Pattern.compile("(?:[-A-Za-z0-9._~!$&'()+,;=:@]|%[0-9A-Fa-f]{2})*");

  private PathTemplates() {}

  /** Whether a path is a template. */
  public static boolean isTemplate(String path) {
    return path.contains(ONE) || path.contains(REST);
  }

  static void check(FieldPath at, String path, ValueRules rules) {
    if (!isTemplate(path)) {
      if (path.indexOf('{') >= 0 || path.indexOf('}') >= 0) {
        rules.invalid(at, path, "braces only as {*} or {**}");
      }
      return;
    }
    if (!path.startsWith("/")) {
      rules.invalid(at, path, "a template that begins with '/'");
      return;
    }
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      String segment = segments[i];
      if (segment.equals(REST) && i < segments.length - 1) {
        rules.invalid(at, path, "{**} as the last segment only");
        return;
      }
      if (!segment.equals(ONE) && !segment.equals(REST) && !LITERAL.matcher(segment).matches()) {
        rules.invalid(at, path, "in a template whole segments {*}, {**} or literal ones");
        return;
      }
    }
  }
}
