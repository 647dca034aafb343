package io.librarymesh.dns;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.Cluster.Discovery;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.Family;
import io.librarymesh.config.DnsDiscovery.Hosts;
import io.librarymesh.config.DnsDiscovery.Refresh;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.dns.NameResolver.Answer;
import io.librarymesh.testkit.DirectConfigSource;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.testkit.ScriptedNames;
import io.librarymesh.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResolvingSourceTest {
  private static final Discovery STRICT =
      new DnsDiscovery(Hosts.EACH_ADDRESS, Family.AUTO, Refresh.DEFAULT);

  private final FakeTime time = new FakeTime();
  private final DirectConfigSource inner = new DirectConfigSource(time);
  private final ScriptedNames names = new ScriptedNames();
  private final List<Update> updates = new ArrayList<>();

  private ResolvingSource source(NameResolver resolver) {
    return ResolvingSource.of(inner, resolver, time, ScriptedDraws.seeded(1));
  }

  private Cancellable watch() {
    Cancellable watching = source(names).watch("a:80", updates::add);
    time.runDue();
    return watching;
  }

  private static TargetConfig config(String authority, ClusterConfig... clusters) {
    Map<String, ClusterConfig> byName = new HashMap<>();
    Arrays.stream(clusters).forEach(c -> byName.put(c.cluster().name(), c));
    return new TargetConfig(authority, new RouteConfig("r", List.of(), true), byName);
  }

  private static ClusterConfig cluster(String name, Discovery discovery, String... addresses) {
    Cluster cluster =
        new Cluster(
            name,
            discovery,
            LoadBalancing.DEFAULT,
            SECONDS.toNanos(1),
            CircuitBreakers.NONE,
            OutlierDetection.NONE);
    return ClusterConfig.of(
        cluster, Arrays.stream(addresses).map(address -> Endpoint.of(address, 80)).toList());
  }

  private void put(ClusterConfig... clusters) {
    inner.put(config("a:80", clusters));
    time.runDue();
  }

  private void answer(String name, String... addresses) {
    names.answer(name, new Answer.Addresses(List.of(addresses), 0));
  }

  private List<String> addresses(String cluster) {
    Update last = updates.get(updates.size() - 1);
    assertThat(last).isInstanceOf(Update.Resolved.class);
    return ((Update.Resolved) last)
        .config().clusters().getOrDefault(cluster, cluster(cluster, STRICT)).localities().stream()
            .flatMap(locality -> locality.endpoints().stream())
            .map(Endpoint::address)
            .toList();
  }

  @Test
  void whatNamesNobodyPassesAsItIs() {
    TargetConfig config = config("a:80", cluster("c", Discovery.ENDPOINTS, "db.example"));
    inner.put(config);
    watch();
    inner.remove("a:80", "gone");
    time.runDue();

    assertThat(updates).containsExactly(new Update.Resolved(config), new Update.Absent("gone"));
    assertThat(names.asked()).isEmpty();
  }

  @Test
  void nothingIsInForceBeforeTheFirstAnswer() {
    put(cluster("c", STRICT, "db.example", "192.0.2.7"));
    watch();
    assertThat(updates)
        .containsExactly(new Update.Pending("no answer yet for the name db.example"));

    answer("db.example", "192.0.2.1", "192.0.2.2");
    assertThat(addresses("c")).containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.7");
  }

  @Test
  void nameStaysTheHostnameOfItsAddresses() {
    answer("db.example", "192.0.2.1");
    put(cluster("c", STRICT, "db.example"));
    watch();

    Update.Resolved last = (Update.Resolved) updates.get(updates.size() - 1);
    assertThat(last.config().clusters().values())
        .flatExtracting(ClusterConfig::localities)
        .flatExtracting(locality -> locality.endpoints())
        .extracting(Endpoint::hostname)
        .containsExactly("db.example");
  }

  @Test
  void configurationWithANewNameWaitsWhileTheOldOneStaysInForce() {
    answer("one.example", "192.0.2.1");
    put(cluster("c", STRICT, "one.example"));
    watch();
    int before = updates.size();

    put(cluster("c", STRICT, "two.example"));
    assertThat(updates).hasSize(before);
    answer("two.example", "192.0.2.2");
    assertThat(addresses("c")).containsExactly("192.0.2.2");
  }

  @Test
  void orderOfAnAnswerIsNoNews() {
    answer("db.example", "192.0.2.1", "192.0.2.2");
    put(cluster("c", STRICT, "db.example"));
    watch();
    int before = updates.size();

    answer("db.example", "192.0.2.2", "192.0.2.1");
    time.advanceNanos(SECONDS.toNanos(20));

    assertThat(names.asked()).hasSize(5);
    assertThat(updates).hasSize(before);
  }

  @Test
  void nameIsLookedUpOnceForAllAndNoLongerWhenNobodyNeedsIt() {
    answer("db.example", "192.0.2.1");
    ResolvingSource source = source(names);
    inner.put(config("a:80", cluster("c", STRICT, "db.example")));
    inner.put(config("b:80", cluster("d", STRICT, "db.example")));
    Cancellable one = source.watch("a:80", updates::add);
    Cancellable two = source.watch("b:80", updates::add);
    time.runDue();
    assertThat(names.asked()).containsExactly("db.example");

    one.cancel();
    time.advanceNanos(SECONDS.toNanos(5));
    assertThat(names.asked()).hasSize(2);
    two.cancel();
    time.assertNoMoreTasks();
  }

  @Test
  void lookupThatHangsIsNotRepeatedAndItsLateAnswerCounts() {
    put(cluster("c", STRICT, "db.example"));
    watch();
    time.advanceNanos(SECONDS.toNanos(60));
    assertThat(names.asked()).hasSize(1);
    assertThat(addresses("c")).isEmpty();

    answer("db.example", "192.0.2.1");
    assertThat(addresses("c")).containsExactly("192.0.2.1");
  }

  @Test
  void resolverThatThrowsHasFailed() {
    put(cluster("c", STRICT, "db.example"));
    source(
            (name, to) -> {
              throw new IllegalStateException("broken");
            })
        .watch("a:80", updates::add);
    time.runDue();

    assertThat(addresses("c")).isEmpty();
    assertThat(time.nextDueNanos()).hasValue(SECONDS.toNanos(5));
  }

  @Test
  void targetThatIsNoLongerFollowedHearsNothing() {
    put(cluster("c", STRICT, "db.example"));
    Cancellable watching = watch();
    watching.cancel();
    int before = updates.size();

    answer("db.example", "192.0.2.1");
    assertThat(updates).hasSize(before);
    time.assertNoMoreTasks();
  }
}
