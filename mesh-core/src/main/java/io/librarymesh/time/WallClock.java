package io.librarymesh.time;

/** Tells the time of day, for what people and other machines read; never for measuring. */
@FunctionalInterface
public interface WallClock {
  /** Milliseconds since 1970. Any thread. */
  long millis();

  /** The clock of the operating system. */
  static WallClock system() {
    return SystemTime.WALL_CLOCK;
  }
}
