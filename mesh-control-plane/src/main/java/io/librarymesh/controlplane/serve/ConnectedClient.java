package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.AdsStatus.Refusal;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client as a whole, without its resources one by one: what it costs to know this does not grow
 * with them.
 *
 * @param node its node id
 * @param description all that it said of itself, its metadata among it
 * @param connections its streams: one that is aggregated, or several of one type each
 * @param userAgent name and version of its software
 * @param dialect what it is taken to understand
 * @param namespace its namespace
 * @param labels its labels
 * @param locality where it runs, {@code region/zone/subzone}; empty when it does not say
 * @param address from where it is connected; empty when that is not known
 * @param incremental whether it uses the incremental variant
 * @param age for how long it has been connected
 * @param workload name of the workload that it registered; empty when it registered none
 * @param registrationProblem why its registration was not used; empty when there is no problem
 * @param types what it has of each type that its streams are about
 */
public record ConnectedClient(
    String node,
    Node description,
    List<String> connections,
    String userAgent,
    Dialect dialect,
    String namespace,
    Map<String, String> labels,
    String locality,
    String address,
    boolean incremental,
    Duration age,
    String workload,
    String registrationProblem,
    Map<ResourceType, TypeState> types) {

  /** Copies the collections. */
  public ConnectedClient {
    connections = List.copyOf(connections);
    labels = Map.copyOf(labels);
    types = Collections.unmodifiableMap(new EnumMap<>(types));
  }

  /**
   * What a client has of one type.
   *
   * @param sync how far it is
   * @param wildcard whether it asked for everything, and not by name only
   * @param subscribed how many names it asked for, or everything stands for
   * @param acknowledged of how many of them it has accepted some version
   * @param sentNonce of the response that it was sent last; empty for none
   * @param acknowledgedNonce of the response that it accepted last; empty for none
   * @param refusal the response that it refused last and has not accepted another since
   */
  public record TypeState(
      SyncState sync,
      boolean wildcard,
      int subscribed,
      int acknowledged,
      String sentNonce,
      String acknowledgedNonce,
      Optional<Refusal> refusal) {

    /** It never asked. */
    public static final TypeState NONE =
        new TypeState(SyncState.IGNORED, false, 0, 0, "", "", Optional.empty());

    private static TypeState of(TypeSubscription subscription) {
      return new TypeState(
          SyncState.of(subscription),
          subscription.coverage().isPresent(),
          subscription.size(),
          subscription.acknowledged(),
          subscription.inFlight().lastNonce(),
          subscription.inFlight().acknowledgedNonce(),
          subscription.inFlight().nack().map(Refusal::of));
    }
  }

  /** What it has of a type. */
  public TypeState type(ResourceType type) {
    return types.getOrDefault(type, TypeState.NONE);
  }

  /** The furthest behind of its types. */
  public SyncState sync() {
    return types.values().stream()
        .map(TypeState::sync)
        .filter(sync -> sync != SyncState.IGNORED)
        .min((a, b) -> Integer.compare(urgency(a), urgency(b)))
        .orElse(SyncState.IGNORED);
  }

  private static int urgency(SyncState sync) {
    return switch (sync) {
      case NACK -> 0;
      case STALE -> 1;
      case NOT_SENT -> 2;
      case SYNCED -> 3;
      case IGNORED -> 4;
    };
  }

  /** One stream; absent until it has said who it is. */
  static Optional<ConnectedClient> of(ClientStream stream, long now) {
    return stream.node().map(node -> of(stream, node, now));
  }

  private static ConnectedClient of(ClientStream stream, ClientNode node, long now) {
    Map<ResourceType, TypeState> types = new EnumMap<>(ResourceType.class);
    stream
        .subscriptions()
        .forEach(
            (type, all) -> {
              if (stream.scope().type().map(type::equals).orElse(true)) {
                types.put(type, TypeState.of(all));
              }
            });
    return new ConnectedClient(
        node.id(),
        node.description(),
        List.of(stream.id()),
        node.userAgent(),
        node.view().dialect(),
        node.view().namespace(),
        node.view().labels(),
        node.view().locality(),
        stream.address(),
        stream.variant() == ClientStream.Variant.INCREMENTAL,
        Duration.ofNanos(now - stream.openedAt()),
        node.workload().map(w -> w.name()).orElse(""),
        stream.registrationProblem(),
        types);
  }

  /**
   * Puts the streams of one type each that have one node id together; two streams of the same type,
   * or aggregated ones, are two clients, though they go by one name.
   */
  static List<ConnectedClient> merged(List<ConnectedClient> streams) {
    Map<String, List<ConnectedClient>> byNode = new LinkedHashMap<>();
    for (ConnectedClient stream : streams) {
      List<ConnectedClient> same = byNode.computeIfAbsent(stream.node(), n -> new ArrayList<>(1));
      int sibling = 0;
      while (sibling < same.size() && !same.get(sibling).isOfOtherTypes(stream)) {
        sibling++;
      }
      if (sibling < same.size()) {
        same.set(sibling, same.get(sibling).with(stream));
      } else {
        same.add(stream);
      }
    }
    return byNode.values().stream().flatMap(List::stream).toList();
  }

  /** An aggregated stream is about all types. */
  private boolean isOfOtherTypes(ConnectedClient other) {
    return incremental == other.incremental
        && types.keySet().stream().noneMatch(other.types::containsKey);
  }

  private ConnectedClient with(ConnectedClient other) {
    Map<ResourceType, TypeState> all = new EnumMap<>(types);
    all.putAll(other.types);
    List<String> streams = new ArrayList<>(connections);
    streams.addAll(other.connections);
    return new ConnectedClient(
        node,
        description,
        streams,
        userAgent,
        dialect,
        namespace,
        labels,
        locality,
        address,
        incremental,
        age.compareTo(other.age) > 0 ? age : other.age,
        workload.isEmpty() ? other.workload : workload,
        registrationProblem.isEmpty() ? other.registrationProblem : registrationProblem,
        all);
  }
}
