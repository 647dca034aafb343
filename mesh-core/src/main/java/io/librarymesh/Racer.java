package io.librarymesh;

import io.librarymesh.time.Signal;
import org.jspecify.annotations.Nullable;

/** The part that one call takes in a {@link Race}. Confined to that call but for the signal. */
final class Racer {
  final Race race;

  /** Fires when nothing that comes of this call's attempt matters any more. */
  final Signal overtaken = new Signal();

  /** The attempt that this call was begun beside; null for the call that was made by a caller. */
  final @Nullable HedgedAttempt beside;

  /** The call that was begun beside; set once, before anybody else knows of this. */
  @Nullable MeshCall call;

  /** The attempt in flight, or the last one; null before the first. */
  @Nullable HedgedAttempt attempt;

  Racer(Race race, @Nullable HedgedAttempt beside) {
    this.race = race;
    this.beside = beside;
  }

  /** Whether this is the call that its caller knows, which answers in the end. */
  boolean leads() {
    return beside == null;
  }
}
