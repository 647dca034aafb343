package io.librarymesh.controlplane.translate;

import com.google.re2j.Pattern;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The match of a route as gRPC's clients understand it. They refuse paths by segments, do not look
 * at pseudo headers and query parameters, and take a header that is missing for one that matches
 * nothing, whatever is said of it.
 */
final class GrpcMatch {

  static final String AUTHORITY = ":authority";

  /** Of headers that must not have a value; each doubles the routes. */
  static final int SPLIT_HEADERS = 3;

  /** What is known of each call: gRPC sends POST, and HTTP's ports are not TLS. */
  private static final Map<String, String> KNOWN = Map.of(":method", "POST", ":scheme", "http");

  private static final String REGEX_CHARACTERS = "\\.+*?()|[]{}^$";

  private GrpcMatch() {}

  /** Matches one of which applies where the given one does; empty when it never does. */
  static List<RouteMatch> alternatives(RouteMatch match) {
    if (match.getQueryParametersCount() > 0) {
      return List.of(); // The path of a gRPC method has none.
    }
    List<List<HeaderMatcher>> alternatives = List.of(List.of());
    int split = 0;
    for (HeaderMatcher header : match.getHeadersList()) {
      if (KNOWN.containsKey(header.getName())) {
        if (!matches(header, KNOWN.get(header.getName()))) {
          return List.of();
        }
      } else if (header.getName().equals(AUTHORITY)) {
        return List.of(); // A client does not tell the routes which one it has.
      } else if (mayBeMissing(header) && split < SPLIT_HEADERS) {
        split++;
        alternatives = each(alternatives, List.of(absent(header), present(header)));
      } else {
        alternatives = each(alternatives, List.of(present(header)));
      }
    }
    RouteMatch.Builder path = path(match).clearHeaders();
    return alternatives.stream()
        .map(headers -> path.clone().addAllHeaders(headers).build())
        .toList();
  }

  private static List<List<HeaderMatcher>> each(
      List<List<HeaderMatcher>> alternatives, List<HeaderMatcher> further) {
    List<List<HeaderMatcher>> all = new ArrayList<>();
    for (List<HeaderMatcher> alternative : alternatives) {
      for (HeaderMatcher header : further) {
        List<HeaderMatcher> longer = new ArrayList<>(alternative);
        longer.add(header);
        all.add(longer);
      }
    }
    return all;
  }

  /** Whether a request without the header is meant, too. */
  static boolean mayBeMissing(HeaderMatcher header) {
    return header.getInvertMatch() && header.getTreatMissingHeaderAsEmpty() && matches(header, "");
  }

  private static HeaderMatcher absent(HeaderMatcher header) {
    return HeaderMatcher.newBuilder()
        .setName(header.getName())
        .setPresentMatch(true)
        .setInvertMatch(true)
        .build();
  }

  private static HeaderMatcher present(HeaderMatcher header) {
    HeaderMatcher.Builder present = header.toBuilder().clearTreatMissingHeaderAsEmpty();
    if (header.getStringMatch().hasSafeRegex()) {
      present.getStringMatchBuilder().setSafeRegex(whole(header.getStringMatch().getSafeRegex()));
    }
    return present.build();
  }

  private static RouteMatch.Builder path(RouteMatch match) {
    RouteMatch.Builder path = match.toBuilder();
    return switch (match.getPathSpecifierCase()) {
      case PATH_SEPARATED_PREFIX -> path.setSafeRegex(segments(match));
      case SAFE_REGEX -> path.setSafeRegex(whole(match.getSafeRegex()));
      default -> path;
    };
  }

  private static RegexMatcher segments(RouteMatch match) {
    StringBuilder regex = new StringBuilder();
    if (match.hasCaseSensitive() && !match.getCaseSensitive().getValue()) {
      regex.append("(?i)");
    }
    match
        .getPathSeparatedPrefix()
        .chars()
        .forEach(
            c -> {
              if (REGEX_CHARACTERS.indexOf(c) >= 0) {
                regex.append('\\');
              }
              regex.append((char) c);
            });
    return RegexMatcher.newBuilder().setRegex(regex.append("(?:/.*)?").toString()).build();
  }

  /** grpc-node puts anchors at both ends, but no parentheses around alternatives. */
  private static RegexMatcher whole(RegexMatcher regex) {
    return regex.getRegex().indexOf('|') < 0
        ? regex
        : regex.toBuilder().setRegex("(?:" + regex.getRegex() + ")").build();
  }

  private static boolean matches(HeaderMatcher header, String value) {
    boolean found =
        header.getHeaderMatchSpecifierCase() != HeaderMatcher.HeaderMatchSpecifierCase.STRING_MATCH
            || matches(header.getStringMatch(), value);
    return found != header.getInvertMatch();
  }

  private static boolean matches(StringMatcher text, String value) {
    return switch (text.getMatchPatternCase()) {
      case EXACT -> value.equals(text.getExact());
      case PREFIX -> value.startsWith(text.getPrefix());
      case SAFE_REGEX -> Pattern.matches(text.getSafeRegex().getRegex(), value);
      default -> throw new IllegalArgumentException("not made by the translation: " + text);
    };
  }
}
