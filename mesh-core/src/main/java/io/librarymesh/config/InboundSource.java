package io.librarymesh.config;

import io.librarymesh.time.Scheduler.Cancellable;

/** Where servers learn what their ports ask for. Any thread. */
public interface InboundSource {
  /**
   * Follows a port of this process until cancelled; something comes when the port is registered.
   * The watcher is called from one thread at a time, never before this method returns on the
   * calling thread's own stack, and in the order of updates.
   */
  Cancellable watchInbound(int port, PortWatcher watcher);

  /** Receives what is known of one port. Must not block. */
  @FunctionalInterface
  interface PortWatcher {
    void onUpdate(PortUpdate update);
  }

  /** What is known of a port. */
  sealed interface PortUpdate {
    /** The control plane says what the port asks for. */
    record Resolved(InboundListener listener) implements PortUpdate {}

    /**
     * The control plane says that it asks nothing of this port. Never follows {@link Resolved}:
     * what was asked for stays in force, so that a control plane that has lost its memory opens no
     * door.
     */
    record Absent(String reason) implements PortUpdate {}

    /** Nothing is known yet, and there is a reason. Never follows {@link Resolved}. */
    record Pending(String reason) implements PortUpdate {}

    /**
     * The control plane asks for something that cannot be carried out. Never follows {@link
     * Resolved}.
     */
    record Refused(String reason) implements PortUpdate {}
  }
}
