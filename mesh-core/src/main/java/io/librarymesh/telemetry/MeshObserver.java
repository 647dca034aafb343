package io.librarymesh.telemetry;

/**
 * Receives finished calls. Called on the thread that ends the call; must be quick and must not
 * throw (what it throws is dropped, so that an observer cannot break a call).
 */
@FunctionalInterface
public interface MeshObserver {
  /** Observes nothing; records are not even built. */
  MeshObserver NONE = call -> {};

  /** Called once for each call, after its body has ended. */
  void onCallEnd(CallRecord call);
}
