package io.librarymesh.route;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RegexRewrite;

/** A compiled {@link PathRewrite}, for the paths that one match lets through. */
sealed interface PathRewriter {
  /**
   * Rewrites a path.
   *
   * @param path with its query
   * @return with its query; the same object when nothing changes
   */
  String rewrite(String path);

  /**
   * Compiles a rewrite.
   *
   * @param match what the paths have been matched by
   * @throws IllegalArgumentException when a regular expression is not RE2 or a substitution names a
   *     group that it has not
   */
  static PathRewriter compile(PathRewrite rewrite, PathMatch match) {
    if (rewrite instanceof PathRewrite.None) {
      return new Unchanged();
    } else if (rewrite instanceof PathRewrite.Prefix prefix) {
      return new Matched(matchedLength(match), prefix.replacement());
    } else if (rewrite instanceof RegexRewrite regex) {
      return new Regex(RegexSubstitution.compile(regex.pattern(), regex.substitution()));
    } else if (rewrite instanceof PathRewrite.Whole whole) {
      return new Whole(whole.path(), whole.path().indexOf('?') >= 0);
    }
    throw new AssertionError(rewrite);
  }

  private static int matchedLength(PathMatch match) {
    if (match instanceof PathMatch.Prefix prefix) {
      return prefix.value().length();
    } else if (match instanceof PathMatch.SeparatedPrefix prefix) {
      return prefix.value().length();
    }
    return Integer.MAX_VALUE;
  }

  /** No rewrite. */
  record Unchanged() implements PathRewriter {
    @Override
    public String rewrite(String path) {
      return path;
    }
  }

  /** Replaces the first {@code length} characters, or the whole path where it is shorter. */
  record Matched(int length, String replacement) implements PathRewriter {
    @Override
    public String rewrite(String path) {
      int end = Math.min(length, RequestPath.end(path));
      return replacement.concat(path.substring(end));
    }
  }

  /** Replaces every match. */
  record Regex(RegexSubstitution substitution) implements PathRewriter {
    @Override
    public String rewrite(String path) {
      int end = RequestPath.end(path);
      String before = path.substring(0, end);
      String after = substitution.replaceAll(before);
      return after.equals(before) ? path : after.concat(path.substring(end));
    }
  }

  /** Replaces the path, and the query when there is a new one. */
  record Whole(String replacement, boolean hasQuery) implements PathRewriter {
    @Override
    public String rewrite(String path) {
      return hasQuery ? replacement : replacement.concat(path.substring(RequestPath.end(path)));
    }
  }
}
