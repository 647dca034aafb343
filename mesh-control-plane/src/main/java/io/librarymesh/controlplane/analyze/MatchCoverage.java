package io.librarymesh.controlplane.analyze;

import com.google.re2j.Pattern;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpMatchRequest.UriMatch;
import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.StringMatch;
import io.librarymesh.controlplane.istio.StringMatch.Exact;
import io.librarymesh.controlplane.istio.StringMatch.PathPrefix;
import io.librarymesh.controlplane.istio.StringMatch.Prefix;
import io.librarymesh.controlplane.istio.StringMatch.Present;
import io.librarymesh.controlplane.istio.StringMatch.Regex;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether whatever one match takes another takes, too. Judged from the texts of both: where an
 * expression would have to be compared with another, only equality and what it begins with count,
 * so that a yes is certain and a no is not.
 */
final class MatchCoverage {

  private MatchCoverage() {}

  /**
   * Whether the narrow match takes no request that the wide one does not take.
   *
   * @param gateways those of the VirtualService, for matches that name none themselves
   */
  static boolean covers(HttpMatchRequest wide, HttpMatchRequest narrow, List<String> gateways) {
    return scope(wide.scope(), narrow.scope(), gateways)
        && wide.uri().map(uri -> path(uri, narrow.uri())).orElse(true)
        && text(wide.scheme(), narrow.scheme())
        && text(wide.method(), narrow.method())
        && text(wide.authority(), narrow.authority())
        && present(wide.headers(), narrow.headers(), true)
        && absent(wide.withoutHeaders(), narrow.withoutHeaders())
        && present(wide.queryParams(), narrow.queryParams(), false);
  }

  private static boolean scope(MatchScope wide, MatchScope narrow, List<String> gateways) {
    List<String> for1 = wide.gateways().isEmpty() ? gateways : wide.gateways();
    List<String> for2 = narrow.gateways().isEmpty() ? gateways : narrow.gateways();
    // With gateways of its own a match does not look at who calls.
    boolean anybody = !wide.gateways().isEmpty();
    return for1.containsAll(for2)
        && (wide.port().isEmpty() || wide.port().equals(narrow.port()))
        && (anybody
            || (narrow.sourceLabels().entrySet().containsAll(wide.sourceLabels().entrySet())
                && (wide.sourceNamespace().isEmpty()
                    || wide.sourceNamespace().equals(narrow.sourceNamespace()))));
  }

  private static boolean path(UriMatch wide, Optional<UriMatch> narrow) {
    if (takesEveryPath(wide.match())) {
      return true;
    }
    if (narrow.isEmpty() || (narrow.get().ignoreUriCase() && !wide.ignoreUriCase())) {
      return false;
    }
    StringMatch inner = narrow.get().match();
    // Whether case counts is nothing to an expression.
    boolean ignoresCase = wide.ignoreUriCase() && !(wide.match() instanceof Regex);
    return ignoresCase
        ? !(inner instanceof Regex) && covers(lower(wide.match()), lower(inner))
        : covers(wide.match(), inner);
  }

  private static boolean takesEveryPath(StringMatch match) {
    return match.equals(new Prefix("/"))
        || match.equals(new Prefix(""))
        || match.equals(new PathPrefix("/"))
        || match.equals(new PathPrefix(""))
        || match.equals(new Regex(".*"))
        || match.equals(new Regex("/.*"));
  }

  private static StringMatch lower(StringMatch match) {
    if (match instanceof Exact exact) {
      return new Exact(exact.value().toLowerCase(Locale.ROOT));
    }
    if (match instanceof Prefix prefix) {
      return new Prefix(prefix.value().toLowerCase(Locale.ROOT));
    }
    return match instanceof PathPrefix prefix
        ? new PathPrefix(prefix.value().toLowerCase(Locale.ROOT))
        : match;
  }

  private static boolean text(Optional<StringMatch> wide, Optional<StringMatch> narrow) {
    return wide.isEmpty() || (narrow.isPresent() && covers(wide.get(), narrow.get()));
  }

  /** Each condition of the wide match is implied by one of the narrow match on the same name. */
  private static boolean present(
      Map<String, StringMatch> wide, Map<String, StringMatch> narrow, boolean ignoreCase) {
    return wide.entrySet().stream()
        .allMatch(
            condition ->
                named(narrow, condition.getKey(), ignoreCase)
                    .filter(inner -> covers(condition.getValue(), inner))
                    .isPresent());
  }

  /** What the wide match refuses the narrow one refuses. */
  private static boolean absent(Map<String, StringMatch> wide, Map<String, StringMatch> narrow) {
    return wide.entrySet().stream()
        .allMatch(
            condition ->
                named(narrow, condition.getKey(), true)
                    .filter(refused -> covers(refused, condition.getValue()))
                    .isPresent());
  }

  private static Optional<StringMatch> named(
      Map<String, StringMatch> conditions, String name, boolean ignoreCase) {
    return conditions.entrySet().stream()
        .filter(e -> ignoreCase ? e.getKey().equalsIgnoreCase(name) : e.getKey().equals(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Whether each value that the narrow condition takes is taken by the wide one. */
  private static boolean covers(StringMatch wide, StringMatch narrow) {
    if (wide.equals(narrow) || wide instanceof Present || wide.equals(new Regex(".*"))) {
      return true;
    }
    if (wide instanceof Prefix prefix) {
      return begins(narrow).startsWith(prefix.value());
    }
    if (wide instanceof PathPrefix prefix) {
      return begins(narrow).startsWith(prefix.value() + "/")
          || (isWholeSegment(narrow) && begins(narrow).equals(prefix.value()));
    }
    return wide instanceof Regex regex
        && narrow instanceof Exact exact
        && Pattern.matches(regex.value(), exact.value());
  }

  private static boolean isWholeSegment(StringMatch match) {
    return match instanceof Exact || match instanceof PathPrefix;
  }

  /** What every value begins with that a condition takes. */
  private static String begins(StringMatch match) {
    if (match instanceof Exact exact) {
      return exact.value();
    }
    if (match instanceof Prefix prefix) {
      return prefix.value();
    }
    if (match instanceof PathPrefix prefix) {
      return prefix.value();
    }
    return match instanceof Regex regex ? RegexPrefix.of(regex.value()) : "";
  }
}
