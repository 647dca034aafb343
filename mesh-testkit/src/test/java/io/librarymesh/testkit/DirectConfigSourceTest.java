package io.librarymesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DirectConfigSourceTest {
  private final FakeTime time = new FakeTime();
  private final DirectConfigSource source = new DirectConfigSource(time);
  private final List<Update> seen = new ArrayList<>();

  @Test
  void watcherGetsWhatIsKnownButNotOnItsOwnStack() {
    TargetConfig config = config("a");
    source.put(config);

    source.watch("a:80", seen::add);

    assertThat(seen).isEmpty();
    time.runDue();
    assertThat(seen).containsExactly(new Update.Resolved(config));
  }

  @Test
  void watcherFollowsChangesInOrder() {
    source.watch("a:80", seen::add);
    source.hold("a:80", "no server");
    source.put(config("a"));
    source.remove("a:80", "gone");

    time.runDue();

    assertThat(seen)
        .containsExactly(
            new Update.Pending("no server"),
            new Update.Resolved(config("a")),
            new Update.Absent("gone"));
  }

  @Test
  void cancelledWatcherHearsNothingMore() {
    Cancellable watch = source.watch("a:80", seen::add);
    source.put(config("a"));

    watch.cancel();
    time.runDue();

    assertThat(seen).isEmpty();
    assertThat(source.watched()).isEmpty();
  }

  private static TargetConfig config(String name) {
    return new TargetConfig("a:80", new RouteConfig(name, List.of(), false), Map.of());
  }
}
