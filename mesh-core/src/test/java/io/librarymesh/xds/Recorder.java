package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.ConfigSource.Watcher;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.TargetConfig;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a watcher was told. */
final class Recorder implements Watcher {
  private final List<Update> updates = new ArrayList<>();

  @Override
  public void onUpdate(Update update) {
    updates.add(update);
  }

  List<Update> updates() {
    return updates;
  }

  /** How often there was a whole configuration. */
  int resolutions() {
    return (int) updates.stream().filter(Update.Resolved.class::isInstance).count();
  }

  private Update last() {
    assertThat(updates).isNotEmpty();
    return updates.get(updates.size() - 1);
  }

  /** The last update, which must be a configuration. */
  TargetConfig config() {
    assertThat(last()).isInstanceOf(Update.Resolved.class);
    return ((Update.Resolved) last()).config();
  }

  String absence() {
    assertThat(last()).isInstanceOf(Update.Absent.class);
    return ((Update.Absent) last()).reason();
  }

  String pending() {
    assertThat(last()).isInstanceOf(Update.Pending.class);
    return ((Update.Pending) last()).reason();
  }

  String refusal() {
    assertThat(last()).isInstanceOf(Update.Refused.class);
    return ((Update.Refused) last()).reason();
  }

  /** The ports of a cluster of the last configuration. */
  List<Integer> ports(String cluster) {
    assertThat(config().clusters()).containsKey(cluster);
    return requireNonNull(config().clusters().get(cluster)).localities().stream()
        .flatMap(locality -> locality.endpoints().stream())
        .map(Endpoint::port)
        .toList();
  }
}
