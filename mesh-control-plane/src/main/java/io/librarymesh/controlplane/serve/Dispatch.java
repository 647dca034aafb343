package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.List;

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
  private long nonces;

  Dispatch(Variant variant, Outgoing outgoing, Subscriptions subscriptions) {
    this.variant = variant;
    this.outgoing = outgoing;
    this.subscriptions = subscriptions;
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
    if (due.isEmpty()) {
      boolean isSilent = subscription.isAnswerDue() && subscription.toRemove().isEmpty();
      if (isSilent) {
        send(type, isFullState(type) ? subscription.presentAndGoing() : List.of(), List.of());
      }
      return true;
    }
    if (isFullState(type)) {
      send(type, subscription.presentAndGoing(), List.of());
      endpointsFollow(type, due);
      return true;
    }
    for (List<EncodedResource> part : Outgoing.parts(due)) {
      if (!outgoing.isReady()) {
        return false;
      }
      send(type, part, List.of());
      endpointsFollow(type, part);
    }
    return true;
  }

  /** A client that warms a changed cluster waits for its endpoints, changed or not. */
  private void endpointsFollow(ResourceType type, List<EncodedResource> sent) {
    if (type == ResourceType.CLUSTER) {
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
        send(type, List.of(), gone);
      }
      return;
    }
    boolean wasSent = gone.stream().anyMatch(name -> subscription.sent(name).isPresent());
    if (isFullState(type) && (wasSent || subscription.isAnswerDue())) {
      send(type, subscription.present(), gone);
    } else {
      gone.forEach(subscription::settle); // There is no way to say it; the client has a timer.
    }
  }

  private boolean isFullState(ResourceType type) {
    return variant == Variant.STATE_OF_THE_WORLD && type.isFullState();
  }

  private void send(ResourceType type, List<EncodedResource> resources, List<String> removed) {
    nonces++;
    String nonce = Long.toString(nonces);
    outgoing.send(type, nonce, resources, removed);
    subscriptions.of(type).sending(nonce, resources, removed);
  }
}
