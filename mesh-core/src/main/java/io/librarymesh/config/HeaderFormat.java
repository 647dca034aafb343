package io.librarymesh.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The value of a header taken apart: text with commands between percent signs, such as {@code
 * from-%REQ(x-id)%}; a percent sign itself is {@code %%}. Source: Envoy's substitution formatter.
 */
public record HeaderFormat(List<Part> parts) {
  /** Commands that have a value in a client. */
  public static final Set<String> COMMANDS =
      Set.of(
          "REQ",
          "RESP",
          "START_TIME",
          "PROTOCOL",
          "HOSTNAME",
          "ROUTE_NAME",
          "VIRTUAL_HOST_NAME",
          "CLUSTER_NAME",
          "UPSTREAM_CLUSTER",
          "UPSTREAM_HOST",
          "UPSTREAM_METADATA",
          "UPSTREAM_REMOTE_ADDRESS",
          "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
          "UPSTREAM_REMOTE_PORT",
          "UPSTREAM_REQUEST_ATTEMPT_COUNT",
          "RESPONSE_CODE",
          "RESPONSE_FLAGS");

  /**
   * Commands of Envoy that are empty in a client: it has no downstream connection, and no filters
   * that leave state behind.
   */
  public static final Set<String> WITHOUT_VALUE =
      Set.of(
          "CONNECTION_ID",
          "DOWNSTREAM_DIRECT_LOCAL_ADDRESS",
          "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
          "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
          "DOWNSTREAM_DIRECT_REMOTE_PORT",
          "DOWNSTREAM_LOCAL_ADDRESS",
          "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
          "DOWNSTREAM_LOCAL_PORT",
          "DOWNSTREAM_LOCAL_SUBJECT",
          "DOWNSTREAM_LOCAL_URI_SAN",
          "DOWNSTREAM_PEER_CERT",
          "DOWNSTREAM_PEER_FINGERPRINT_256",
          "DOWNSTREAM_PEER_ISSUER",
          "DOWNSTREAM_PEER_SERIAL",
          "DOWNSTREAM_PEER_SUBJECT",
          "DOWNSTREAM_PEER_URI_SAN",
          "DOWNSTREAM_REMOTE_ADDRESS",
          "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
          "DOWNSTREAM_REMOTE_PORT",
          "DOWNSTREAM_TLS_CIPHER",
          "DOWNSTREAM_TLS_SESSION_ID",
          "DOWNSTREAM_TLS_VERSION",
          "DYNAMIC_METADATA",
          "FILTER_STATE",
          "PER_REQUEST_STATE",
          "REQUESTED_SERVER_NAME",
          "UPSTREAM_LOCAL_ADDRESS",
          "UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
          "UPSTREAM_LOCAL_PORT");

  public HeaderFormat {
    parts = List.copyOf(parts);
  }

  /**
   * Takes a value apart.
   *
   * @throws IllegalArgumentException when it is not well-formed or has a command that is neither of
   *     {@link #COMMANDS} nor of {@link #WITHOUT_VALUE}
   */
  public static HeaderFormat parse(String text) {
    return new HeaderFormat(new Parser(text).parse());
  }

  /** The commands that are always empty, as they are written. */
  public List<String> withoutValue() {
    List<String> names = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Command command && WITHOUT_VALUE.contains(command.name())) {
        names.add("%" + command.name() + "%");
      }
    }
    return names;
  }

  /** A part of a value. */
  public sealed interface Part {}

  /** Text that stands for itself. */
  public record Literal(String text) implements Part {}

  /**
   * A command.
   *
   * @param argument what stands in its parentheses; empty without any
   * @param maxLength to how many characters its value is cut
   */
  public record Command(String name, String argument, int maxLength) implements Part {
    public Command {
      if (!COMMANDS.contains(name) && !WITHOUT_VALUE.contains(name)) {
        throw new IllegalArgumentException(
            "%" + name + "% (expected: a command that a client has a value for)");
      }
      boolean namesHeader = name.equals("REQ") || name.equals("RESP");
      if (namesHeader && (argument.isEmpty() || argument.startsWith("?"))) {
        throw new IllegalArgumentException("%" + name + "% (expected: %" + name + "(HEADER)%)");
      }
    }
  }

  /** Reads a value from left to right. */
  private static final class Parser {
    private final String text;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int position;

    Parser(String text) {
      this.text = text;
    }

    List<Part> parse() {
      while (position < text.length()) {
        char c = text.charAt(position++);
        if (c != '%') {
          literal.append(c);
        } else if (text.startsWith("%", position)) {
          literal.append('%');
          position++;
        } else {
          endLiteral();
          parts.add(command());
        }
      }
      endLiteral();
      return parts;
    }

    private void endLiteral() {
      if (literal.length() > 0) {
        parts.add(new Literal(literal.toString()));
        literal.setLength(0);
      }
    }

    private Command command() {
      String name = word();
      String argument = argument();
      int maxLength = maxLength();
      require(!name.isEmpty() && text.startsWith("%", position));
      position++;
      return new Command(name, argument, maxLength);
    }

    private String word() {
      int from = position;
      while (position < text.length() && isWord(text.charAt(position))) {
        position++;
      }
      return text.substring(from, position);
    }

    private static boolean isWord(char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    private String argument() {
      if (!text.startsWith("(", position)) {
        return "";
      }
      int end = text.indexOf(')', position);
      require(end >= 0);
      String argument = text.substring(position + 1, end);
      position = end + 1;
      return argument;
    }

    private int maxLength() {
      if (!text.startsWith(":", position)) {
        return Integer.MAX_VALUE;
      }
      position++;
      String digits = word();
      require(digits.matches("[0-9]{1,6}"));
      return Integer.parseInt(digits);
    }

    private void require(boolean holds) {
      if (!holds) {
        throw new IllegalArgumentException(
            text + " (expected: %COMMAND%, %COMMAND(ARGUMENT):LENGTH% or %% for a percent sign)");
      }
    }
  }
}
