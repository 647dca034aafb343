package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules of header operations. */
final class HeaderRules {
  private static final String AUTHORITY = ":authority";

  /** Envoy's substitution commands, such as {@code %REQ(X-Id)%}, and {@code %%}. */
  private static final Pattern COMMAND =
      Pattern.compile("%%|%([A-Z0-9_]+)(?:\\([^)]*\\))?(?::[0-9]+)?%");

  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "keep-alive", "transfer-encoding", "upgrade");

  private HeaderRules() {}

  static void check(Headers headers, FieldPath path, ValueRules rules) {
    FieldPath request = path.field("request");
    operations(headers.request(), true, request, rules);
    operations(headers.response(), false, path.field("response"), rules);
    long hosts =
        Stream.concat(
                headers.request().set().keySet().stream(),
                headers.request().add().keySet().stream())
            .filter(HeaderRules::isHost)
            .count();
    if (hosts > 1) {
      rules.report().invalid(request, "the Host header more than once (expected: once)");
    }
  }

  /** Whether the operations of a rule replace the Host header. */
  static boolean rewritesHost(Headers headers) {
    return Stream.of(headers.request().set(), headers.request().add())
        .anyMatch(map -> map.keySet().stream().anyMatch(HeaderRules::isHost));
  }

  /** The headers of an answer that no upstream gives. */
  static void ofAnswer(Map<String, String> headers, FieldPath path, ValueRules rules) {
    headers.forEach(
        (name, value) -> {
          FieldPath at = path.field(name);
          if (OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT)) || isHost(name)) {
            rules.invalid(at, name, "a header that says nothing of the connection or the length");
          } else {
            name(name, at, rules);
          }
        });
  }

  private static boolean isHost(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("host") || lower.equals(AUTHORITY);
  }

  /** The operations on one message. */
  static void operations(
      Headers.Operations operations, boolean request, FieldPath path, ValueRules rules) {
    written(operations.set(), request, path.field("set"), rules);
    written(operations.add(), request, path.field("add"), rules);
    List<String> remove = operations.remove();
    for (int i = 0; i < remove.size(); i++) {
      FieldPath at = path.field("remove").index(i);
      if (isHost(remove.get(i)) || remove.get(i).startsWith(":")) {
        rules.invalid(at, remove.get(i), "a header other than Host and pseudo headers");
      } else {
        name(remove.get(i), at, rules);
      }
    }
  }

  private static void written(
      Map<String, String> headers, boolean request, FieldPath path, ValueRules rules) {
    headers.forEach(
        (name, value) -> {
          FieldPath at = path.field(name);
          if (isHost(name)) {
            if (!request) {
              rules.invalid(at, name, "a header that a response has");
            }
          } else if (name.startsWith(":")) {
            rules.invalid(at, name, "no pseudo header but :authority");
          } else {
            name(name, at, rules);
          }
          value(value, at, rules);
        });
  }

  private static void name(String name, FieldPath path, ValueRules rules) {
    if (!Names.isHeaderName(name)) {
      rules.invalid(path, Quoting.quote(name), "a header's name");
    }
  }

  private static void value(String value, FieldPath path, ValueRules rules) {
    if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
      rules.invalid(path, Quoting.quote(value), "no control characters");
    } else if (COMMAND.matcher(value).replaceAll("").contains("%")) {
      rules.invalid(path, Quoting.quote(value), "%COMMAND%, or %% for a percent sign");
    } else {
      Matcher commands = COMMAND.matcher(value);
      while (commands.find()) {
        command(commands.group(1), path, rules);
      }
    }
  }

  /**
   * @param name null for a percent sign
   */
  private static void command(@Nullable String name, FieldPath path, ValueRules rules) {
    if (name == null || HeaderCommands.CARRIED_OUT.contains(name)) {
      return;
    }
    if (HeaderCommands.EMPTY.contains(name)) {
      rules.report().suspicious(path, "%" + name + "% has no value in a client");
    } else {
      rules.invalid(path, "%" + name + "%", "a command that clients know, such as %REQ(x-id)%");
    }
  }
}
