package io.librarymesh.route;

import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.config.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@link RouteTable} must decide, written down as slowly and plainly as possible: it tries
 * everything in order, cuts texts apart, and shares no code with what it checks.
 */
final class NaiveRouter {
  private NaiveRouter() {}

  static Optional<Route> decide(RouteConfig config, TestRequest request, int chance) {
    return virtualHost(config, request.authority())
        .flatMap(
            host ->
                host.routes().stream()
                    .filter(route -> matches(route.match(), request, chance))
                    .findFirst());
  }

  private static Optional<VirtualHost> virtualHost(RouteConfig config, String authority) {
    List<String> domains = new ArrayList<>();
    config.virtualHosts().forEach(host -> domains.addAll(host.domains()));
    if (authority.isEmpty() && !domains.equals(List.of("*"))) {
      return Optional.empty();
    }
    String name = authority.toLowerCase(Locale.ROOT);
    if (config.ignorePortInHost()) {
      name = name.replaceFirst(":[^:\\]]*$", "");
    }
    String host = name;
    Comparator<String> byRank = Comparator.comparingInt(domain -> rank(domain));
    return domains.stream()
        .filter(domain -> fits(domain.toLowerCase(Locale.ROOT), host))
        .min(byRank.thenComparing(Comparator.comparingInt(String::length).reversed()))
        .flatMap(
            domain ->
                config.virtualHosts().stream()
                    .filter(candidate -> candidate.domains().contains(domain))
                    .findFirst());
  }

  private static int rank(String domain) {
    if (!domain.contains("*")) {
      return 1;
    }
    if (domain.equals("*")) {
      return 4;
    }
    return domain.startsWith("*") ? 2 : 3;
  }

  private static boolean fits(String domain, String host) {
    if (domain.equals("*")) {
      return true;
    }
    String rest = domain.replace("*", "");
    if (domain.startsWith("*")) {
      return host.endsWith(rest) && host.length() > rest.length();
    }
    return domain.endsWith("*")
        ? host.startsWith(rest) && host.length() > rest.length()
        : host.equals(domain);
  }

  private static boolean matches(RouteMatch match, TestRequest request, int chance) {
    String[] pathAndQuery = request.path().replaceFirst("#.*", "").split("\\?", 2);
    String query = pathAndQuery.length > 1 ? pathAndQuery[1] : "";
    return chance % match.fraction().denominator() < match.fraction().numerator()
        && match.headers().stream().allMatch(header -> matches(header, request))
        && match.queryParameters().stream().allMatch(parameter -> matches(parameter, query))
        && matches(match.path(), pathAndQuery[0]);
  }

  private static boolean matches(PathMatch match, String path) {
    if (match instanceof PathMatch.Exact exact) {
      return exact.caseSensitive()
          ? path.equals(exact.value())
          : path.equalsIgnoreCase(exact.value());
    } else if (match instanceof PathMatch.Prefix prefix) {
      return startsWith(path, prefix.value(), prefix.caseSensitive());
    } else if (match instanceof PathMatch.SeparatedPrefix prefix) {
      return startsWith(path + "/", prefix.value() + "/", prefix.caseSensitive());
    }
    return Pattern.matches(((PathMatch.Regex) match).regex(), path);
  }

  private static boolean startsWith(String text, String prefix, boolean caseSensitive) {
    return caseSensitive
        ? text.startsWith(prefix)
        : text.toLowerCase(Locale.ROOT).startsWith(prefix.toLowerCase(Locale.ROOT));
  }

  private static boolean matches(HeaderMatch match, TestRequest request) {
    Optional<String> value =
        switch (match.name()) {
          case ":method" -> Optional.of(request.method());
          case ":scheme" -> Optional.of(request.scheme());
          case ":authority" -> Optional.of(request.authority());
          case ":path" -> Optional.of(request.path());
          default -> Optional.ofNullable(request.headers().get(match.name()));
        };
    if (match.value() instanceof ValueMatch.Present present) {
      return (value.isPresent() == present.expected()) ^ match.invert();
    }
    if (value.isEmpty() && match.treatMissingAsEmpty()) {
      value = Optional.of("");
    }
    return value.filter(text -> matches(match.value(), text) ^ match.invert()).isPresent();
  }

  private static boolean matches(QueryParameterMatch match, String query) {
    Optional<String> value = Optional.empty();
    for (String part : query.split("&", -1)) {
      String[] nameAndValue = part.split("=", 2);
      if (value.isEmpty() && !part.isEmpty() && nameAndValue[0].equals(match.name())) {
        value = Optional.of(nameAndValue.length > 1 ? nameAndValue[1] : "");
      }
    }
    if (match.value() instanceof ValueMatch.Present present) {
      return value.isPresent() == present.expected();
    }
    return value.filter(text -> matches(match.value(), text)).isPresent();
  }

  private static boolean matches(ValueMatch match, String value) {
    if (match instanceof ValueMatch.Range range) {
      return value.matches("-?[0-9]{1,9}")
          && Long.parseLong(value) >= range.start()
          && Long.parseLong(value) < range.end();
    }
    StringMatch text = ((ValueMatch.Text) match).match();
    if (text instanceof StringMatch.Exact exact) {
      return fold(value, exact.ignoreCase()).equals(fold(exact.value(), exact.ignoreCase()));
    } else if (text instanceof StringMatch.Prefix prefix) {
      return fold(value, prefix.ignoreCase()).startsWith(fold(prefix.value(), prefix.ignoreCase()));
    } else if (text instanceof StringMatch.Suffix suffix) {
      return fold(value, suffix.ignoreCase()).endsWith(fold(suffix.value(), suffix.ignoreCase()));
    } else if (text instanceof StringMatch.Contains contains) {
      return fold(value, contains.ignoreCase())
          .contains(fold(contains.value(), contains.ignoreCase()));
    }
    return Pattern.matches(((StringMatch.Regex) text).regex(), value);
  }

  private static String fold(String text, boolean ignoreCase) {
    return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
  }
}
