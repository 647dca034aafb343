package io.librarymesh.authz;

import io.librarymesh.config.JwtProvider.Header;
import io.librarymesh.config.JwtProvider.Locations;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds tokens in requests, and takes them out. Source: Envoy's {@code jwt_authn} extractor. */
record TokenLocations(Locations locations) {
  /**
   * A token and where it stood.
   *
   * @param header empty unless it stood in a header other than a cookie
   * @param parameter empty unless it stood in the query
   */
  record Found(String token, String header, String parameter) {
    /** Not even in a log of what was found where. */
    @Override
    public String toString() {
      return "Found[" + header + parameter + "]";
    }
  }

  static TokenLocations of(Locations said) {
    return new TokenLocations(said.isEmpty() ? Locations.DEFAULT : said);
  }

  /** All tokens, in the order of the locations. */
  List<Found> find(InboundRequest request, String target) {
    List<Found> found = new ArrayList<>(1);
    for (Header header : locations.headers()) {
      for (String line : request.headerLines(header.name())) {
        int prefix = line.indexOf(header.prefix());
        if (prefix >= 0) {
          String token =
              header.prefix().isEmpty() ? line : cut(line, prefix + header.prefix().length());
          found.add(new Found(token, header.name(), ""));
        }
      }
    }
    for (String name : locations.parameters()) {
      parameter(target, name).ifPresent(token -> found.add(new Found(token, "", name)));
    }
    for (String name : locations.cookies()) {
      cookie(request, name).ifPresent(token -> found.add(new Found(token, "", "")));
    }
    return found;
  }

  /** From the first character that a token can have to the last in a row. */
  private static String cut(String line, int after) {
    int start = after;
    while (start < line.length() && !isTokenCharacter(line.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < line.length() && isTokenCharacter(line.charAt(end))) {
      end++;
    }
    return start == end ? line : line.substring(start, end);
  }

  private static boolean isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.';
  }

  private static Optional<String> parameter(String target, String name) {
    for (String pair : pairs(target)) {
      if (isNamed(pair, name)) {
        int equals = pair.indexOf('=');
        return decoded(equals < 0 ? "" : pair.substring(equals + 1));
      }
    }
    return Optional.empty();
  }

  /** A request target without a parameter, wherever it stands. */
  static String without(String target, String name) {
    int query = target.indexOf('?');
    List<String> kept = pairs(target).stream().filter(pair -> !isNamed(pair, name)).toList();
    String path = query < 0 ? target : target.substring(0, query);
    return kept.isEmpty() ? path : path + "?" + String.join("&", kept);
  }

  private static List<String> pairs(String target) {
    int query = target.indexOf('?');
    return query < 0 ? List.of() : List.of(target.substring(query + 1).split("&", -1));
  }

  private static boolean isNamed(String pair, String name) {
    int equals = pair.indexOf('=');
    return decoded(equals < 0 ? pair : pair.substring(0, equals)).filter(name::equals).isPresent();
  }

  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.of(text);
    }
  }

  private static Optional<String> cookie(InboundRequest request, String name) {
    for (String line : request.headerLines("cookie")) {
      for (String pair : line.split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals >= 0 && pair.substring(0, equals).strip().equals(name)) {
          return Optional.of(pair.substring(equals + 1).strip());
        }
      }
    }
    return Optional.empty();
  }
}
