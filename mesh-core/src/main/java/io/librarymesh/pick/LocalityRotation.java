package io.librarymesh.pick;

import io.librarymesh.random.RandomSource;

/**
 * One locality after the other, each as often as its share says, and in each its own load balancer.
 * Source: Envoy {@code LocalityWrr}.
 */
final class LocalityRotation implements LoadBalancer {
  private final LoadBalancer[] rotation;
  private final Cursor cursor;

  /**
   * @param rotation not empty
   */
  LocalityRotation(LoadBalancer[] rotation, Cursor cursor) {
    this.rotation = rotation;
    this.cursor = cursor;
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    return rotation[cursor.next(rotation.length)].pick(random, hash, repeat);
  }
}
