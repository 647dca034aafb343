package io.librarymesh.authz;

import io.librarymesh.config.RbacCondition;
import java.util.List;

/**
 * A compiled {@link RbacCondition.PathTemplate}. A star stands for any characters but a slash: a
 * path that has a star, or one of the characters that URIs should not have, must not get around a
 * rule.
 */
record PathTemplateCondition(List<String> segments, boolean open) implements Condition {
  private static final String ONE = "*";
  private static final String REST = "**";

  static Condition compile(String template) {
    List<String> parts = List.of(template.substring(1).split("/", -1));
    boolean open = parts.get(parts.size() - 1).equals(REST);
    return new PathTemplateCondition(open ? parts.subList(0, parts.size() - 1) : parts, open);
  }

  @Override
  public boolean holds(Facts facts) {
    String path = facts.path();
    return facts.isHttp() && path.startsWith("/") && matches(path);
  }

  private boolean matches(String path) {
    int at = 1;
    for (String segment : segments) {
      if (at > path.length()) {
        return false;
      }
      int slash = path.indexOf('/', at);
      int end = slash < 0 ? path.length() : slash;
      boolean fits =
          segment.equals(ONE)
              ? end > at
              : segment.length() == end - at && path.startsWith(segment, at);
      if (!fits) {
        return false;
      }
      at = end + 1;
    }
    return open ? at <= path.length() : at == path.length() + 1;
  }
}
