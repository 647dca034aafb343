package io.librarymesh.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** What a control plane's pages say, for people. */
final class AnswerText {

  /** As {@code istioctl proxy-status} orders them. */
  private static final List<String> TYPES = List.of("cluster", "listener", "endpoint", "route");

  private static final Map<String, String> SHORT =
      Map.of("cluster", "CDS", "listener", "LDS", "endpoint", "EDS", "route", "RDS");
  private static final int PLACES = 3;

  private AnswerText() {}

  /** An error, and what may have been meant. */
  static String error(JsonObject error) {
    StringBuilder text = new StringBuilder(error.get("error").getAsString());
    List<JsonObject> candidates = objects(error, "candidates");
    for (JsonObject candidate : candidates) {
      text.append("\n  ").append(text(candidate, "node"));
      boolean twins =
          candidates.stream().filter(c -> text(c, "node").equals(text(candidate, "node"))).count()
              > 1;
      if (twins) {
        text.append("  ").append(String.join(", ", texts(candidate, "connections")));
      }
    }
    int all = error.has("clients") ? error.get("clients").getAsInt() : candidates.size();
    if (all > candidates.size()) {
      text.append("\n  and ").append(all - candidates.size()).append(" more");
    }
    return text.toString();
  }

  /** All clients, a row each, and below what is wrong with any. */
  static String status(JsonObject status, String server) {
    List<JsonObject> clients = objects(status, "clients");
    if (clients.isEmpty()) {
      return "No client is connected to " + server + ".\n";
    }
    Table table =
        new Table()
            .row("NODE", "CDS", "LDS", "EDS", "RDS", "NAMESPACE", "CLIENT", "CONNECTED", "GAPS");
    clients.forEach(client -> table.row(row(client)));
    return table.text("") + refusals(clients) + registrations(clients) + gaps(clients);
  }

  private static List<String> row(JsonObject client) {
    List<String> row = new ArrayList<>(List.of(text(client, "node")));
    for (String type : TYPES) {
      row.add(
          text(client.getAsJsonObject("types").getAsJsonObject(type), "sync").replace('_', ' '));
    }
    row.add(text(client, "namespace"));
    row.add(text(client, "userAgent").isEmpty() ? "?" : text(client, "userAgent"));
    row.add(age(client.get("connectedSeconds").getAsDouble()));
    int gaps = objects(client, "gaps").size();
    row.add(gaps == 0 ? "-" : Integer.toString(gaps));
    return row;
  }

  /** In the two largest units. */
  private static String age(double seconds) {
    Duration age = Duration.ofSeconds((long) seconds);
    if (age.toDays() > 0) {
      return age.toDays() + "d" + age.toHoursPart() + "h";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h" + age.toMinutesPart() + "m";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + "m" + age.toSecondsPart() + "s"
        : age.toSeconds() + "s";
  }

  private static String refusals(List<JsonObject> clients) {
    StringBuilder text = new StringBuilder();
    for (JsonObject client : clients) {
      for (String type : TYPES) {
        JsonObject state = client.getAsJsonObject("types").getAsJsonObject(type);
        if (state.has("refusal")) {
          JsonObject refusal = state.getAsJsonObject("refusal");
          text.append('\n')
              .append(text(client, "node"))
              .append(" refused ")
              .append(SHORT.get(type))
              .append(" and goes on with what it had: ")
              .append(text(refusal, "message").strip())
              .append("\n  it was sent ")
              .append(shown(List.copyOf(refusal.getAsJsonObject("versions").keySet())))
              .append('\n');
        }
      }
    }
    return text.toString();
  }

  private static String registrations(List<JsonObject> clients) {
    StringBuilder text = new StringBuilder();
    for (JsonObject client : clients) {
      if (client.has("registrationProblem")) {
        text.append('\n')
            .append(text(client, "node"))
            .append(" is not registered: ")
            .append(text(client, "registrationProblem"))
            .append('\n');
      }
    }
    return text.toString();
  }

  /** Clients that have the same gaps are named together. */
  private static String gaps(List<JsonObject> clients) {
    Map<JsonArray, List<String>> nodes = new LinkedHashMap<>();
    for (JsonObject client : clients) {
      JsonArray gaps = client.getAsJsonArray("gaps");
      if (!gaps.isEmpty()) {
        nodes.computeIfAbsent(gaps, g -> new ArrayList<>()).add(text(client, "node"));
      }
    }
    StringBuilder text = new StringBuilder();
    nodes.forEach(
        (gaps, those) -> {
          text.append('\n').append(shown(those)).append(" leaves undone, without saying so:\n");
          Table table = new Table().row("CONFIGURED", "INSTEAD", "WHERE");
          for (JsonElement element : gaps) {
            JsonObject gap = element.getAsJsonObject();
            table.row(
                text(gap, "feature"),
                text(gap, "effect"),
                shown(texts(gap, "where"), gap.get("places").getAsInt()));
          }
          text.append(table.text("  "));
        });
    return text.toString();
  }

  /** What a client was sent, a row for each resource. */
  static String dump(JsonObject dump) {
    List<JsonObject> configs = objects(dump, "configs");
    if (configs.isEmpty()) {
      return text(dump, "node") + " has asked for nothing of this.\n";
    }
    Table table = new Table().row("TYPE", "NAME", "SYNC", "VERSION", "ACKNOWLEDGED");
    StringBuilder absences = new StringBuilder();
    for (JsonObject config : configs) {
      table.row(
          text(config, "type"),
          text(config, "name"),
          config.has("absence") ? "ABSENT" : text(config, "sync").replace('_', ' '),
          text(config, "sent"),
          text(config, "acknowledged"));
      if (config.has("absence")) {
        absences
            .append('\n')
            .append(text(config, "type"))
            .append(' ')
            .append(text(config, "name"))
            .append(": ")
            .append(text(config, "absence"))
            .append('\n');
      }
    }
    return table.text("") + absences;
  }

  private static String shown(List<String> names) {
    return shown(names, names.size());
  }

  private static String shown(List<String> names, int all) {
    List<String> first = names.stream().limit(PLACES).toList();
    String more = all > first.size() ? " and " + (all - first.size()) + " more" : "";
    return String.join(", ", first) + more;
  }

  private static List<JsonObject> objects(JsonObject parent, String key) {
    return parent.has(key)
        ? StreamSupport.stream(parent.getAsJsonArray(key).spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .toList()
        : List.of();
  }

  private static List<String> texts(JsonObject parent, String key) {
    return StreamSupport.stream(parent.getAsJsonArray(key).spliterator(), false)
        .map(JsonElement::getAsString)
        .toList();
  }

  private static String text(JsonObject parent, String key) {
    return parent.has(key) ? parent.get(key).getAsString() : "";
  }
}
