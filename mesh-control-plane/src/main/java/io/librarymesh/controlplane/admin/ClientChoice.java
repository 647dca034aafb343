package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.serve.ConnectedClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which client is meant by a piece of its node id: the one of that id, else the only one whose id
 * begins so, else the only one whose id holds it.
 *
 * @param client the one that is meant
 * @param refusal why there is not exactly one, with those that may have been meant
 */
record ClientChoice(Optional<ConnectedClient> client, Optional<Reply> refusal) {

  private static final int SHOWN = 20;

  static ClientChoice of(String asked, List<ConnectedClient> clients) {
    List<Predicate<ConnectedClient>> ways =
        List.of(
            client -> client.node().equals(asked) || client.connections().contains(asked),
            client -> client.node().startsWith(asked),
            client -> client.node().contains(asked));
    for (Predicate<ConnectedClient> way : ways) {
      List<ConnectedClient> found = clients.stream().filter(way).toList();
      if (found.size() == 1) {
        return new ClientChoice(Optional.of(found.get(0)), Optional.empty());
      }
      if (!found.isEmpty()) {
        return refuse(
            409, "'" + asked + "' fits " + found.size() + " clients (expected: one)", found);
      }
    }
    String known = clients.isEmpty() ? "; no client is connected" : "";
    return refuse(404, "no client has '" + asked + "' in its node id" + known, clients);
  }

  private static ClientChoice refuse(int status, String message, List<ConnectedClient> candidates) {
    List<Map<String, Object>> shown =
        candidates.stream().limit(SHOWN).map(ClientChoice::candidate).toList();
    return new ClientChoice(
        Optional.empty(),
        Optional.of(
            Reply.error(
                status, message, Map.of("candidates", shown, "clients", candidates.size()))));
  }

  /** Two clients of one node id are told apart by their connections. */
  private static Map<String, Object> candidate(ConnectedClient client) {
    return Map.of("node", client.node(), "connections", client.connections());
  }
}
