package io.librarymesh.controlplane.conformance;

import io.librarymesh.controlplane.conformance.NaiveRules.Client;
import io.librarymesh.controlplane.conformance.NaiveRules.Form;
import io.librarymesh.controlplane.conformance.NaiveRules.Match;
import io.librarymesh.controlplane.conformance.NaiveRules.Request;
import io.librarymesh.controlplane.conformance.NaiveRules.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Makes rules and requests from so few words that they hit each other often. Seeded: the same seed
 * makes the same ones.
 */
final class RandomRules {
  private static final String[] WORDS = {"a", "b", "A", "ab", "aB"};

  private final SplittableRandom random;

  RandomRules(long seed) {
    random = new SplittableRandom(seed);
  }

  Client client() {
    return new Client(pick("prod", "dev"), labels());
  }

  List<List<Match>> rules() {
    List<List<Match>> rules = new ArrayList<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      List<Match> matches = new ArrayList<>();
      for (int j = hits(3) ? 0 : 1 + random.nextInt(3); j > 0; j--) {
        matches.add(match());
      }
      rules.add(matches);
    }
    return rules;
  }

  Request request(int port) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : List.of("x", "y", "z")) {
      if (hits(60)) {
        List<String> lines = new ArrayList<>();
        for (int i = hits(80) ? 1 : 2; i > 0; i--) {
          lines.add(value());
        }
        headers.put(name, lines);
      }
    }
    return new Request(
        pick("GET", "POST", "get"),
        pick("http", "https"),
        authority(port),
        path() + query(),
        headers);
  }

  /** A VirtualService for {@code web} whose rules answer with a status each, from 200 on. */
  static String yaml(List<List<Match>> rules) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("apiVersion: networking.istio.io/v1\nkind: VirtualService\n");
    yaml.append("metadata: {name: web, namespace: prod}\nspec:\n  hosts: [web]\n  http:\n");
    for (int i = 0; i < rules.size(); i++) {
      yaml.append("  - directResponse: {status: ").append(200 + i).append("}\n");
      if (!rules.get(i).isEmpty()) {
        yaml.append("    match:\n");
      }
      rules.get(i).forEach(match -> yaml.append("    - ").append(yaml(match)).append('\n'));
    }
    return yaml.toString();
  }

  private static String yaml(Match match) {
    StringJoiner fields = new StringJoiner(", ", "{", "}");
    match.uri().ifPresent(text -> fields.add("uri: " + yaml(text)));
    if (match.ignoreUriCase()) {
      fields.add("ignoreUriCase: true");
    }
    match.method().ifPresent(text -> fields.add("method: " + yaml(text)));
    match.scheme().ifPresent(text -> fields.add("scheme: " + yaml(text)));
    match.authority().ifPresent(text -> fields.add("authority: " + yaml(text)));
    texts("headers", match.headers(), fields);
    texts("withoutHeaders", match.withoutHeaders(), fields);
    texts("queryParams", match.queryParams(), fields);
    if (match.port() != 0) {
      fields.add("port: " + match.port());
    }
    if (!match.sourceLabels().isEmpty()) {
      StringJoiner labels = new StringJoiner(", ", "sourceLabels: {", "}");
      match.sourceLabels().forEach((name, value) -> labels.add(name + ": '" + value + "'"));
      fields.add(labels.toString());
    }
    if (!match.sourceNamespace().isEmpty()) {
      fields.add("sourceNamespace: " + match.sourceNamespace());
    }
    return fields.toString();
  }

  private static void texts(String field, Map<String, Text> texts, StringJoiner fields) {
    if (!texts.isEmpty()) {
      StringJoiner entries = new StringJoiner(", ", field + ": {", "}");
      texts.forEach((name, text) -> entries.add("'" + name + "': " + yaml(text)));
      fields.add(entries.toString());
    }
  }

  private static String yaml(Text text) {
    return text.form() == Form.PRESENT
        ? "{}"
        : "{" + text.form().name().toLowerCase(Locale.ROOT) + ": '" + text.value() + "'}";
  }

  private Match match() {
    return new Match(
        maybe(60, this::uri),
        hits(20),
        maybe(12, () -> text(pick("GET", "POST", "get"), "GET|POST")),
        maybe(10, () -> text(pick("http", "https"), "https?")),
        maybe(10, () -> text(authority(hits(50) ? 80 : 8080), "web.*")),
        texts(20, false),
        texts(15, true),
        texts(20, false),
        pick(0, 0, 0, 80, 8080),
        hits(12) ? labels() : Map.of(),
        hits(12) ? pick("prod", "dev") : "");
  }

  private Text uri() {
    return switch (random.nextInt(5)) {
      case 0, 1 -> new Text(Form.PREFIX, hits(5) ? "/" : path());
      case 2, 3 -> new Text(Form.EXACT, path());
      default -> new Text(Form.REGEX, pick("/a.*", "/[ab]+", ".*/A", "/.*b", ".*"));
    };
  }

  private Map<String, Text> texts(int percent, boolean without) {
    Map<String, Text> texts = new TreeMap<>();
    for (String name : List.of("x", "Y", "z")) {
      if (hits(percent)) {
        texts.put(without || hits(90) ? name : name.toUpperCase(Locale.ROOT), value(without));
      }
    }
    return texts;
  }

  private Text value(boolean without) {
    if (hits(20)) {
      return new Text(Form.PRESENT, "");
    }
    return text(value(), without && hits(10) ? ".*" : pick("a.*", "[ab]+", ".+", "[0-9]*"));
  }

  private Text text(String value, String regex) {
    return switch (random.nextInt(3)) {
      case 0 -> new Text(Form.REGEX, regex);
      case 1 -> value.isEmpty() ? new Text(Form.EXACT, value) : new Text(Form.PREFIX, value);
      default -> new Text(Form.EXACT, value);
    };
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    for (String name : List.of("app", "version")) {
      if (hits(60)) {
        labels.put(name, pick("a", "b"));
      }
    }
    return labels;
  }

  private String authority(int port) {
    String host = pick("web", "web.prod", "WEB");
    return port == 80 && hits(80) ? host : host + ":" + port;
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      path.append('/').append(pick(WORDS));
    }
    return path + pick("", "", "", "/");
  }

  private String query() {
    if (hits(40)) {
      return "";
    }
    StringJoiner query = new StringJoiner("&", "?", "");
    for (int i = random.nextInt(4); i > 0; i--) {
      query.add(pick("x", "Y", "z", "y") + pick("", "=", "=" + value()));
    }
    return query.toString();
  }

  private String value() {
    return pick("", "a", "A", "ab", "1", "b a", "a%20b");
  }

  private <T> Optional<T> maybe(int percent, Supplier<T> value) {
    return hits(percent) ? Optional.of(value.get()) : Optional.empty();
  }

  private boolean hits(int percent) {
    return random.nextInt(100) < percent;
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }

  private int pick(int... values) {
    return values[random.nextInt(values.length)];
  }
}
