package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.serve.AdsServer;
import io.librarymesh.controlplane.serve.ConnectedClient;
import io.librarymesh.controlplane.translate.ClientGaps;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.Gap;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * What clients of other makes leave undone of what they asked for. Worked out by who asks, from
 * names that the state executor hands out one client at a time, so that it never works long for
 * this. Confined to one answer.
 */
final class GapReport {

  private static final int PLACES_SHOWN = 20;
  private static final long TIMEOUT_SECONDS = 5;
  private static final Gap BOOTSTRAP =
      new Gap(
          "listener.api_listener",
          "listeners come from the client's own bootstrap: it takes none without an address",
          "*");

  private final AdsServer server;
  private final PushContext context;
  private final Map<Key, List<Gap>> known = new HashMap<>();

  private record Key(ResourceType type, String name, ClientView view) {}

  /** A feature and what becomes of it. */
  private record Kind(String feature, String effect) {}

  GapReport(AdsServer server, PushContext context) {
    this.server = server;
    this.context = context;
  }

  /** The gaps of a client; empty for this project's own, and for one that has gone meanwhile. */
  List<Gap> of(ConnectedClient client) {
    if (client.dialect() == Dialect.LIBRARY) {
      return List.of();
    }
    ClientView view =
        context.canonical(
            new ClientView(
                client.namespace(), client.labels(), client.locality(), client.dialect()));
    List<Gap> gaps = new ArrayList<>();
    if (client.dialect() == Dialect.ENVOY && client.type(ResourceType.LISTENER).wildcard()) {
      gaps.add(BOOTSTRAP);
    }
    names(client)
        .forEach(
            (type, names) ->
                names.stream()
                    .sorted()
                    .forEach(name -> gaps.addAll(of(new Key(type, name, view)))));
    return gaps;
  }

  private Map<ResourceType, Set<String>> names(ConnectedClient client) {
    try {
      return server.names(client).orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      return Map.of(); // The server is closing, or too busy for this.
    }
  }

  private List<Gap> of(Key key) {
    return known.computeIfAbsent(key, k -> ClientGaps.of(context, k.view(), k.type(), k.name()));
  }

  /** One entry for each feature, with the places that ask for it. */
  static List<Map<String, Object>> toJson(List<Gap> gaps) {
    Map<Kind, Set<String>> places = new LinkedHashMap<>();
    for (Gap gap : gaps) {
      places
          .computeIfAbsent(new Kind(gap.feature(), gap.effect()), kind -> new LinkedHashSet<>())
          .add(gap.where());
    }
    List<Map<String, Object>> json = new ArrayList<>();
    places.forEach(
        (kind, where) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("feature", kind.feature());
          entry.put("effect", kind.effect());
          entry.put("where", where.stream().limit(PLACES_SHOWN).toList());
          entry.put("places", where.size());
          json.add(entry);
        });
    return json;
  }
}
