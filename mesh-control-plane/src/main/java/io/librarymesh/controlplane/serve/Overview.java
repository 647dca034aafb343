package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ReferenceFindings;
import io.librarymesh.controlplane.translate.TokenKeyFindings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A server at one moment, at a cost that grows with its clients only. Immutable; what is worked out
 * of it costs the one who asks.
 *
 * @param clients those who have said who they are, in the order in which they came
 * @param context the rules in force, the registry, and the keys that are known
 * @param config what the store said last; of it {@code generation} is in force
 * @param generation the generation that is in force
 * @param pushes pushes since the start
 */
public record Overview(
    List<ConnectedClient> clients,
    PushContext context,
    ConfigSnapshot config,
    long generation,
    long pushes) {

  /** Copies the list. */
  public Overview {
    clients = List.copyOf(clients);
  }

  static Overview of(DiscoveryState state) {
    long now = state.now();
    List<ConnectedClient> streams =
        state.streams().stream()
            .map(stream -> ConnectedClient.of(stream, now))
            .flatMap(Optional::stream)
            .toList();
    return new Overview(
        streams,
        state.context().withKeys(state.keys()),
        state.config(),
        state.generation(),
        state.pushes());
  }

  /** The same with the streams of a client put together. */
  Overview byClient() {
    return new Overview(ConnectedClient.merged(clients), context, config, generation, pushes);
  }

  /** Everything there is to say about what is in force, and of files that are not. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>(config.findings());
    findings.addAll(ReferenceFindings.of(context));
    findings.addAll(TokenKeyFindings.of(context));
    findings.addAll(context.registry().findings());
    return findings;
  }
}
