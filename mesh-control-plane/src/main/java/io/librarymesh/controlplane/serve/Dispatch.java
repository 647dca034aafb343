package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Writes to one client what is due to it, in an order in which nothing refers to what it does not
 * have: additions with what is referred to before what refers, then removals the other way round.
 *
 * <p>Stops at the first response that the client cannot take yet, since those after it must not
 * overtake it. Whoever asks again when the client is ready gets the latest state: what changed
 * meanwhile is sent once. Confined to the state executor.
 */
final class Dispatch {

  private static final ResourceType[] ORDER = ResourceType.values();

  private final Variant variant;
  private final Outgoing outgoing;
  private final Subscriptions subscriptions;
  private final LongPredicate room;
  private boolean readsAbsences;
  private boolean warmsClusters = true;
  private long nonces;

  /**
   * Nothing was sent.
   *
   * @param room asked for room for so many bytes before each response with resources
   */
  Dispatch(Variant variant, Outgoing outgoing, Subscriptions subscriptions, LongPredicate room) {
    this.room = room;
    this.variant = variant;
    this.outgoing = outgoing;
    this.subscriptions = subscriptions;
    this.readsAbsences = variant == Variant.INCREMENTAL;
  }

  /**
   * The client reads why a resource is absent in the state-of-the-world variant, too, which has no
   * other way to say that there is none. Incremental clients that do not know the field pass it
   * over, and find the name among the removed.
   */
  void readsAbsences(boolean reads) {
    readsAbsences |= reads;
  }

  /** Whether the client waits, after a change of a cluster, for its endpoints, changed or not. */
  void warmsClusters(boolean warms) {
    warmsClusters = warms;
  }

  /** Whether something of a type is due of which nothing was ever sent. */
  boolean hasFirstResponse() {
    for (ResourceType type : ORDER) {
      TypeSubscription subscription = subscriptions.of(type);
      if (subscription.inFlight().lastNonce().isEmpty()
          && subscription.hasWork()
          && subscription.isDue()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the client has acknowledged or refused everything that it was sent. */
  boolean isAnswered() {
    return subscriptions.byType().values().stream()
        .noneMatch(subscription -> subscription.inFlight().awaitsAnswer());
  }

  /** Whether nothing is left to be sent now. */
  boolean isDone() {
    return subscriptions.byType().values().stream().noneMatch(s -> s.hasWork() && s.isDue());
  }

  /** Sends what is due while the client takes it. */
  void flush() {
    for (ResourceType type : ORDER) {
      if (!sendChanges(type)) {
        return;
      }
    }
    for (int i = ORDER.length - 1; i >= 0 && outgoing.isReady(); i--) {
      sendRemovals(ORDER[i]);
    }
  }

  /** False when something is left that the client cannot take yet. */
  private boolean sendChanges(ResourceType type) {
    TypeSubscription subscription = subscriptions.of(type);
    if (!outgoing.isReady()) {
      return false;
    }
    if (!subscription.hasWork()) {
      return true;
    }
    List<EncodedResource> due = subscription.toSend();
    // The incremental variant says these with the removals.
    Map<String, Absence> absences =
        variant == Variant.INCREMENTAL ? Map.of() : absences(type, subscription.missing());
    if (due.isEmpty() && absences.isEmpty()) {
      boolean isSilent = subscription.isAnswerDue() && subscription.toRemove().isEmpty();
      return !isSilent
          || sendIfTaken(
              type,
              isFullState(type) ? subscription.presentAndGoing() : List.of(),
              List.of(),
              Map.of());
    }
    if (isFullState(type)) {
      if (!sendIfTaken(type, subscription.presentAndGoing(), List.of(), absences)) {
        return false;
      }
      endpointsFollow(type, due);
      return true;
    }
    return sendParts(type, due, absences);
  }

  private boolean sendParts(
      ResourceType type, List<EncodedResource> due, Map<String, Absence> absences) {
    Map<String, Absence> beside = absences;
    for (List<EncodedResource> part : Outgoing.parts(due)) {
      if (!sendIfTaken(type, part, List.of(), beside)) {
        return false;
      }
      beside = Map.of();
      endpointsFollow(type, part);
    }
    return true;
  }

  /** Only Envoy needs that: see {@link ClientNode#warmsClusters}. */
  private void endpointsFollow(ResourceType type, List<EncodedResource> sent) {
    if (type == ResourceType.CLUSTER && warmsClusters) {
      TypeSubscription endpoints = subscriptions.of(ResourceType.ENDPOINT);
      sent.forEach(cluster -> endpoints.owe(cluster.name()));
    }
  }

  private void sendRemovals(ResourceType type) {
    TypeSubscription subscription = subscriptions.of(type);
    if (!subscription.hasWork()) {
      return;
    }
    List<String> gone = subscription.toRemove();
    if (variant == Variant.INCREMENTAL) {
      if (!gone.isEmpty()) {
        send(type, List.of(), gone, absences(type, gone));
      }
      return;
    }
    boolean wasSent = gone.stream().anyMatch(subscription::wasSent);
    Map<String, Absence> absences = wasSent ? absences(type, gone) : Map.of();
    if (isFullState(type) && (wasSent || subscription.isAnswerDue())) {
      sendIfTaken(type, subscription.present(), gone, absences);
    } else if (!absences.isEmpty()) {
      send(type, List.of(), gone, absences);
    } else {
      gone.forEach(subscription::settle); // There is no way to say it; the client has a timer.
    }
  }

  private Map<String, Absence> absences(ResourceType type, List<String> names) {
    Map<String, Absence> absences = new LinkedHashMap<>();
    if (readsAbsences) {
      for (String name : names) {
        subscriptions.absence(type, name).ifPresent(absence -> absences.put(name, absence));
      }
    }
    return absences;
  }

  private boolean isFullState(ResourceType type) {
    return variant == Variant.STATE_OF_THE_WORLD && type.isFullState();
  }

  /** False when the client cannot take it yet, or too much is on its way to all of them. */
  private boolean sendIfTaken(
      ResourceType type,
      List<EncodedResource> resources,
      List<String> removed,
      Map<String, Absence> absences) {
    long bytes = 0;
    for (EncodedResource resource : resources) {
      bytes += resource.size(variant);
    }
    if (!outgoing.isReady() || !room.test(bytes)) {
      return false;
    }
    send(type, resources, removed, absences);
    return true;
  }

  private void send(
      ResourceType type,
      List<EncodedResource> resources,
      List<String> removed,
      Map<String, Absence> absences) {
    nonces++;
    String nonce = Long.toString(nonces);
    outgoing.send(new Outgoing.Response(type, nonce, resources, removed, absences));
    TypeSubscription subscription = subscriptions.of(type);
    subscription.sending(nonce, resources, removed);
    absences.keySet().forEach(subscription::settle);
  }
}
