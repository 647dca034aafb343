package io.librarymesh.config;

import static java.util.Objects.requireNonNull;

/**
 * How a text is compared. Source: Envoy {@code type.matcher.v3.StringMatcher}.
 *
 * <p>{@code ignoreCase} folds ASCII case; regular expressions take no such flag, as in Envoy.
 */
public sealed interface StringMatch {
  /** The whole text equals {@code value}. */
  record Exact(String value, boolean ignoreCase) implements StringMatch {
    public Exact {
      requireNonNull(value, "value");
    }
  }

  /** The text starts with {@code value}. */
  record Prefix(String value, boolean ignoreCase) implements StringMatch {
    public Prefix {
      requireNonNull(value, "value");
    }
  }

  /** The text ends with {@code value}. */
  record Suffix(String value, boolean ignoreCase) implements StringMatch {
    public Suffix {
      requireNonNull(value, "value");
    }
  }

  /** The text has {@code value} somewhere. */
  record Contains(String value, boolean ignoreCase) implements StringMatch {
    public Contains {
      requireNonNull(value, "value");
    }
  }

  /** The whole text matches the RE2 expression {@code regex}. */
  record Regex(String regex) implements StringMatch {
    public Regex {
      requireNonNull(regex, "regex");
    }
  }
}
