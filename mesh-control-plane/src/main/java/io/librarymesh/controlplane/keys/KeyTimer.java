package io.librarymesh.controlplane.keys;

/** Runs tasks later. Any thread. */
@FunctionalInterface
interface KeyTimer {

  /** Runs a task once after a while, unless what is returned is run before. */
  Runnable schedule(Runnable task, long delayNanos);
}
