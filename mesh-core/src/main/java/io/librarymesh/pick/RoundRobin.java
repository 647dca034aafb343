package io.librarymesh.pick;

import io.librarymesh.random.RandomSource;

/**
 * One host after the other, from where the cursor stands. With unequal weights the hosts stand in
 * the order of an {@link EdfSchedule}, each as often as its weight says.
 */
final class RoundRobin implements LoadBalancer {
  private final HostState[] rotation;
  private final Cursor cursor;

  /**
   * @param rotation not empty
   */
  RoundRobin(HostState[] rotation, Cursor cursor) {
    this.rotation = rotation;
    this.cursor = cursor;
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    return rotation[cursor.next(rotation.length)];
  }
}
