package io.librarymesh.config;

import io.librarymesh.time.Scheduler.Cancellable;

/** Where configuration comes from: an xDS stream, or a test. Any thread. */
public interface ConfigSource extends AutoCloseable {
  /**
   * Follows one target until cancelled. The watcher is called from one thread at a time, never
   * before this method returns on the calling thread's own stack, and in the order of updates.
   *
   * @param authority {@code host:port}, lower-case
   */
  Cancellable watch(String authority, Watcher watcher);

  /** Stops following everything. */
  @Override
  void close();

  /** Receives what is known of one target. Must not block. */
  @FunctionalInterface
  interface Watcher {
    void onUpdate(Update update);
  }

  /** What is known of a target. */
  sealed interface Update {
    /** The target is configured. */
    record Resolved(TargetConfig config) implements Update {}

    /** The control plane says that there is no such target. */
    record Absent(String reason) implements Update {}

    /**
     * Nothing is known yet and there is a reason, such as an unreachable server. Never follows
     * {@link Resolved}: what was known stays in force.
     */
    record Pending(String reason) implements Update {}

    /**
     * What the control plane says of the target is broken, so that there is nothing to wait for
     * until it says something else. Never follows {@link Resolved}.
     */
    record Refused(String reason) implements Update {}
  }
}
