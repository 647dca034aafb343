package io.librarymesh.controlplane.conformance;

import io.librarymesh.route.RequestHead;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a VirtualService, and what they mean: Istio's documentation of matching, written
 * down as plainly as possible. Shares no code with what it checks.
 */
final class NaiveRules {
  /** In the place of a rule: no match of any rule holds. */
  static final int NO_RULE = -1;

  /** In the place of a rule: none is for this client and port, as if there were no rules. */
  static final int DEFAULT_ROUTE = -2;

  private NaiveRules() {}

  /** How a text is compared. */
  enum Form {
    EXACT,
    PREFIX,
    REGEX,
    /** Written as {@code {}}. */
    PRESENT
  }

  /** A StringMatch. */
  record Text(Form form, String value) {
    private boolean holds(String text, boolean ignoreCase) {
      return switch (form) {
        case EXACT -> fold(text, ignoreCase).equals(fold(value, ignoreCase));
        case PREFIX -> fold(text, ignoreCase).startsWith(fold(value, ignoreCase));
        case REGEX -> Pattern.matches(value, text);
        case PRESENT -> true;
      };
    }

    private static String fold(String text, boolean ignoreCase) {
      return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
    }
  }

  /**
   * A match: all of it has to hold.
   *
   * @param port 0 for any
   * @param sourceNamespace empty for any
   */
  record Match(
      Optional<Text> uri,
      boolean ignoreUriCase,
      Optional<Text> method,
      Optional<Text> scheme,
      Optional<Text> authority,
      Map<String, Text> headers,
      Map<String, Text> withoutHeaders,
      Map<String, Text> queryParams,
      int port,
      Map<String, String> sourceLabels,
      String sourceNamespace) {
    private boolean isFor(Client client, int servicePort) {
      return (port == 0 || port == servicePort)
          && client.labels().entrySet().containsAll(sourceLabels.entrySet())
          && (sourceNamespace.isEmpty() || sourceNamespace.equals(client.namespace()));
    }

    private boolean holds(Request request) {
      return uri.map(text -> text.holds(request.plainPath(), ignoreUriCase)).orElse(true)
          && method.map(text -> text.holds(request.method(), false)).orElse(true)
          && scheme.map(text -> text.holds(request.scheme(), false)).orElse(true)
          && authority.map(text -> text.holds(request.authority(), false)).orElse(true)
          && headers.entrySet().stream().allMatch(e -> is(e.getValue(), request.joined(e.getKey())))
          && withoutHeaders.entrySet().stream()
              .noneMatch(e -> isWithout(e.getValue(), request.joined(e.getKey())))
          && queryParams.entrySet().stream()
              .allMatch(e -> is(e.getValue(), request.parameter(e.getKey())));
    }

    private static boolean is(Text text, Optional<String> value) {
      return value.filter(v -> text.holds(v, false)).isPresent();
    }

    /**
     * A missing header is compared as an empty one, unless it is only asked whether it is there.
     */
    private static boolean isWithout(Text text, Optional<String> value) {
      return text.form() == Form.PRESENT ? value.isPresent() : text.holds(value.orElse(""), false);
    }
  }

  /** Who calls. */
  record Client(String namespace, Map<String, String> labels) {}

  /**
   * What is asked.
   *
   * @param headers lines by lower-case name
   */
  record Request(
      String method,
      String scheme,
      String authority,
      String path,
      Map<String, List<String>> headers)
      implements RequestHead {
    private String plainPath() {
      return path.split("[?#]", 2)[0];
    }

    private Optional<String> joined(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)))
          .map(lines -> lines.stream().collect(Collectors.joining(",")));
    }

    private Optional<String> parameter(String name) {
      String[] parts = path.split("\\?", 2);
      return parts.length == 1
          ? Optional.empty()
          : Arrays.stream(parts[1].split("&"))
              .map(pair -> pair.split("=", 2))
              .filter(pair -> pair[0].equals(name))
              .map(pair -> pair.length == 1 ? "" : pair[1])
              .findFirst();
    }

    @Override
    public @Nullable String header(String name) {
      return joined(name).orElse(null);
    }
  }

  /**
   * The first rule that is for a request.
   *
   * @param rules each a list of matches, of which one has to hold; none is needed when it is empty
   * @return its position, {@link #NO_RULE} or {@link #DEFAULT_ROUTE}
   */
  static int decide(List<List<Match>> rules, Client client, int servicePort, Request request) {
    boolean any = false;
    for (int i = 0; i < rules.size(); i++) {
      List<Match> matches =
          rules.get(i).stream().filter(match -> match.isFor(client, servicePort)).toList();
      any |= rules.get(i).isEmpty() || !matches.isEmpty();
      if (rules.get(i).isEmpty() || matches.stream().anyMatch(match -> match.holds(request))) {
        return i;
      }
    }
    return any ? NO_RULE : DEFAULT_ROUTE;
  }
}
