package io.librarymesh.route;

import io.librarymesh.config.HostRewrite;
import org.jspecify.annotations.Nullable;

/** A compiled {@link HostRewrite} that needs no endpoint. */
sealed interface HostRewriter {
  /** The new authority; null or empty when the old one stays. */
  @Nullable String rewrite(RequestHead head);

  /**
   * Compiles a rewrite.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2 or a substitution names a
   *     group that it has not
   */
  static HostRewriter compile(HostRewrite rewrite) {
    if (rewrite instanceof HostRewrite.Literal literal) {
      return new Literal(literal.authority());
    } else if (rewrite instanceof HostRewrite.Header header) {
      return new Header(RequestField.of(header.name()));
    } else if (rewrite instanceof HostRewrite.PathRegex path) {
      var regex = path.substitution();
      return new PathRegex(RegexSubstitution.compile(regex.pattern(), regex.substitution()));
    }
    return new Unchanged();
  }

  /** No rewrite before there is an endpoint. */
  record Unchanged() implements HostRewriter {
    @Override
    public @Nullable String rewrite(RequestHead head) {
      return null;
    }
  }

  /** Always this one. */
  record Literal(String authority) implements HostRewriter {
    @Override
    public @Nullable String rewrite(RequestHead head) {
      return authority;
    }
  }

  /** The first value of a header. */
  record Header(RequestField field) implements HostRewriter {
    @Override
    public @Nullable String rewrite(RequestHead head) {
      return field.first(head);
    }
  }

  /** What a substitution makes of the path. */
  record PathRegex(RegexSubstitution substitution) implements HostRewriter {
    @Override
    public @Nullable String rewrite(RequestHead head) {
      String path = head.path();
      return substitution.replaceAll(path.substring(0, RequestPath.end(path)));
    }
  }
}
