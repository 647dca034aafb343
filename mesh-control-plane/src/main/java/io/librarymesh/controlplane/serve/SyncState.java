package io.librarymesh.controlplane.serve;

/** How far a client is with what it should have. Names are those of {@code istioctl}. */
public enum SyncState {
  /** The client never asked for it. */
  IGNORED("IGNORED"),
  /** It was asked for, and nothing was sent: there is nothing, or its turn has not come. */
  NOT_SENT("NOT SENT"),
  /** Something was sent that the client has not answered yet, or is about to be sent. */
  STALE("STALE"),
  /** The client refused what it was sent last, and goes on with what it had. */
  NACK("NACK"),
  /** The client has accepted everything that is in force. */
  SYNCED("SYNCED");

  private final String words;

  SyncState(String words) {
    this.words = words;
  }

  /** As it stands in a table. */
  public String words() {
    return words;
  }

  /** Of all of a type. */
  static SyncState of(TypeSubscription subscription) {
    if (!subscription.wasRequested()) {
      return IGNORED;
    }
    if (subscription.inFlight().nack().isPresent()) {
      return NACK;
    }
    if (subscription.inFlight().lastNonce().isEmpty()) {
      return NOT_SENT;
    }
    boolean hasAll = !subscription.inFlight().awaitsAnswer() && !isDue(subscription);
    return hasAll ? SYNCED : STALE;
  }

  private static boolean isDue(TypeSubscription subscription) {
    return subscription.hasWork() && subscription.isDue();
  }
}
