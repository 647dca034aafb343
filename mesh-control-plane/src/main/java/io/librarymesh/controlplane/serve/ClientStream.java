package io.librarymesh.controlplane.serve;

import io.grpc.Status;
import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream: reads its requests, keeps its subscriptions and writes what is due when the
 * client can take it. What changes while it cannot is sent once, in its latest state.
 *
 * <p>Confined to the state executor.
 */
final class ClientStream implements ResourceTable.Watcher {

  private static final String WILDCARD = "*";

  private final String id;
  private final Variant variant;
  private final DiscoveryState state;
  private final Outgoing outgoing;
  private final Map<ResourceType, TypeSubscription> subscriptions =
      new EnumMap<>(ResourceType.class);
  private @Nullable ClientNode node;
  private ClientView view = new ClientView("", Map.of(), "", Dialect.GRPC);
  private long nonces;
  private boolean closed;

  /** The variant of the protocol. */
  enum Variant {
    INCREMENTAL,
    STATE_OF_THE_WORLD
  }

  ClientStream(String id, Variant variant, DiscoveryState state, Outgoing outgoing) {
    this.id = id;
    this.variant = variant;
    this.state = state;
    this.outgoing = outgoing;
    for (ResourceType type : ResourceType.values()) {
      subscriptions.put(type, new TypeSubscription());
    }
  }

  /** Unique among the streams of this server; also the identity of what the stream registers. */
  String id() {
    return id;
  }

  Variant variant() {
    return variant;
  }

  /** Absent until the first request. */
  Optional<ClientNode> node() {
    return Optional.ofNullable(node);
  }

  Map<ResourceType, TypeSubscription> subscriptions() {
    return subscriptions;
  }

  /** An incremental request: subscriptions change, and on its own an earlier response is judged. */
  void onRequest(DeltaDiscoveryRequest request) {
    if (!identify(request.hasNode() ? request.getNode() : Node.getDefaultInstance())) {
      return;
    }
    Optional<ResourceType> type = ResourceType.byTypeUrl(request.getTypeUrl());
    if (type.isEmpty()) {
      return;
    }
    TypeSubscription subscription = subscription(type.get());
    boolean first = subscription.firstRequest();
    judge(
        subscription,
        request.getResponseNonce(),
        request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null);
    request.getResourceNamesUnsubscribeList().forEach(name -> unsubscribe(subscription, name));
    Map<String, String> known = first ? request.getInitialResourceVersionsMap() : Map.of();
    for (String name : request.getResourceNamesSubscribeList()) {
      if (!name.equals(WILDCARD)) {
        subscribe(type.get(), name, known.getOrDefault(name, ""));
      }
    }
    flush();
  }

  /** A state-of-the-world request: the complete list of names, valid only with the last nonce. */
  void onRequest(DiscoveryRequest request) {
    if (!identify(request.hasNode() ? request.getNode() : Node.getDefaultInstance())) {
      return;
    }
    Optional<ResourceType> type = ResourceType.byTypeUrl(request.getTypeUrl());
    if (type.isEmpty()) {
      return;
    }
    TypeSubscription subscription = subscription(type.get());
    boolean first = subscription.firstRequest();
    String nonce = request.getResponseNonce();
    if (!first && !subscription.lastNonce().isEmpty() && !subscription.lastNonce().equals(nonce)) {
      return; // Sent before the client saw the last response; a newer request is on its way.
    }
    judge(
        subscription,
        nonce,
        request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null);
    replaceNames(type.get(), subscription, request.getResourceNamesList());
    flush();
  }

  private void replaceNames(
      ResourceType type, TypeSubscription subscription, List<String> requested) {
    Set<String> names = new LinkedHashSet<>(requested);
    names.remove(WILDCARD);
    Set<String> dropped = new HashSet<>(subscription.entries().keySet());
    dropped.removeAll(names);
    dropped.forEach(name -> unsubscribe(subscription, name));
    for (String name : names) {
      if (!subscription.entries().containsKey(name)) {
        subscribe(type, name, "");
      }
    }
  }

  /** Reads the node of the first request and registers its workload; false closes the stream. */
  private boolean identify(Node requested) {
    if (closed) {
      return false;
    }
    ClientNode known = node;
    if (known != null) {
      if (requested.getId().isEmpty() || requested.getId().equals(known.id())) {
        return true;
      }
      refuse("node.id: " + requested.getId() + " (expected: " + known.id() + ", as before)");
      return false;
    }
    if (requested.getId().isEmpty()) {
      refuse("node.id: empty (expected: an id in the first request of a stream)");
      return false;
    }
    ClientNode identified = ClientNode.of(requested);
    node = identified;
    view = state.identified(this, identified);
    return true;
  }

  private void refuse(String reason) {
    outgoing.close(Status.INVALID_ARGUMENT.withDescription(reason));
    close();
  }

  private TypeSubscription subscription(ResourceType type) {
    return subscriptions.computeIfAbsent(type, t -> new TypeSubscription());
  }

  private void judge(TypeSubscription subscription, String nonce, @Nullable String error) {
    if (!subscription.isInFlight(nonce)) {
      return;
    }
    if (error == null) {
      subscription.acknowledge(nonce);
    } else {
      subscription.refuse(nonce, error);
      state.refused(this, error);
    }
  }

  private void subscribe(ResourceType type, String name, String knownVersion) {
    TypeSubscription subscription = subscription(type);
    Entry subscribed = subscription.entries().get(name);
    if (subscribed != null) {
      subscription.owe(name);
      return;
    }
    Entry entry = state.resources().acquire(type, name, view, this);
    Optional<EncodedResource> known =
        entry.content().filter(content -> content.version().equals(knownVersion));
    if (known.isPresent()) {
      subscription.addKnown(entry, known.get());
    } else {
      subscription.add(entry);
    }
  }

  private void unsubscribe(TypeSubscription subscription, String name) {
    Entry entry = subscription.remove(name);
    if (entry != null) {
      state.resources().release(entry, this);
    }
  }

  @Override
  public void changed(Entry entry) {
    subscription(entry.type()).markChanged(entry.name());
    state.hasWork(this);
  }

  /** The rules changed which of the client's labels matter; its resources are looked up again. */
  void rebase(ClientView newView) {
    if (newView.equals(view)) {
      return;
    }
    view = newView;
    subscriptions.forEach(
        (type, subscription) -> {
          for (Entry old : List.copyOf(subscription.entries().values())) {
            subscription.replace(state.resources().acquire(type, old.name(), newView, this));
            state.resources().release(old, this);
          }
        });
    state.hasWork(this);
  }

  /**
   * Sends what is due while the client takes it: additions with what is referred to before what
   * refers, then removals the other way round. Stops at the first that the client cannot take yet,
   * since those after it must not overtake it, and goes on when the client is ready again.
   */
  void flush() {
    if (closed) {
      return;
    }
    ResourceType[] order = ResourceType.values();
    for (ResourceType type : order) {
      if (!outgoing.isReady()) {
        return;
      }
      sendChanges(type);
    }
    for (int i = order.length - 1; i >= 0 && outgoing.isReady(); i--) {
      sendRemovals(order[i]);
    }
  }

  private void sendChanges(ResourceType type) {
    TypeSubscription subscription = subscription(type);
    if (!subscription.hasWork()) {
      return;
    }
    List<EncodedResource> due = subscription.toSend();
    if (due.isEmpty()) {
      return;
    }
    if (isFullState(type)) {
      send(type, withAllOthers(subscription), List.of());
    } else {
      Outgoing.parts(due).forEach(part -> send(type, part, List.of()));
    }
    if (type == ResourceType.CLUSTER) {
      // A client that warms a changed cluster waits for its endpoints, changed or not.
      due.forEach(cluster -> subscription(ResourceType.ENDPOINT).owe(cluster.name()));
    }
  }

  private void sendRemovals(ResourceType type) {
    TypeSubscription subscription = subscription(type);
    if (!subscription.hasWork()) {
      return;
    }
    List<String> gone = subscription.toRemove();
    if (variant == Variant.INCREMENTAL) {
      if (!gone.isEmpty()) {
        send(type, List.of(), gone);
      }
      return;
    }
    boolean wasSent = gone.stream().anyMatch(name -> subscription.sent(name).isPresent());
    if (isFullState(type) && wasSent) {
      send(type, present(subscription), gone);
    } else {
      gone.forEach(subscription::settle); // There is no way to say it; the client has a timer.
    }
  }

  private boolean isFullState(ResourceType type) {
    return variant == Variant.STATE_OF_THE_WORLD && type.isFullState();
  }

  /** Everything there is, and what is gone but must stay until what refers to it is gone too. */
  private static List<EncodedResource> withAllOthers(TypeSubscription subscription) {
    List<EncodedResource> all = new ArrayList<>();
    subscription
        .entries()
        .forEach(
            (name, entry) -> entry.content().or(() -> subscription.sent(name)).ifPresent(all::add));
    return all;
  }

  private static List<EncodedResource> present(TypeSubscription subscription) {
    return subscription.entries().values().stream()
        .flatMap(entry -> entry.content().stream())
        .toList();
  }

  private void send(ResourceType type, List<EncodedResource> resources, List<String> removed) {
    nonces++;
    String nonce = Long.toString(nonces);
    outgoing.send(type, nonce, resources, removed);
    subscription(type).sending(nonce, resources, removed);
  }

  /** The stream has ended; nothing is sent any more. False when it had ended before. */
  boolean close() {
    if (closed) {
      return false;
    }
    closed = true;
    for (TypeSubscription subscription : subscriptions.values()) {
      List.copyOf(subscription.entries().keySet()).forEach(name -> unsubscribe(subscription, name));
    }
    state.ended(this);
    return true;
  }
}
