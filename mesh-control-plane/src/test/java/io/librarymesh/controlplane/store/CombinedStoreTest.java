package io.librarymesh.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Severity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CombinedStoreTest {
  private final Told first = new Told();
  private final Told second = new Told();
  private final CombinedStore combined = CombinedStore.of(List.of(first, second));

  private static ConfigSnapshot snapshot(String file, long generation, String... names) {
    StringBuilder yaml = new StringBuilder();
    for (String name : names) {
      yaml.append("---\napiVersion: v1\nkind: Service\nmetadata: {name: ")
          .append(name)
          .append("}\nspec: {ports: [{port: 80}]}\n");
    }
    return new ConfigSnapshot(
        IstioReader.read(file, yaml.toString()).resources(), List.of(), generation);
  }

  private List<String> names(ConfigSnapshot snapshot) {
    return snapshot.resources().stream().map(r -> r.metadata().name()).toList();
  }

  @Test
  void holdsWhatBothHold() {
    first.tell(snapshot("1.yaml", 1, "a"));
    second.tell(snapshot("2.yaml", 1, "b"));

    assertThat(names(combined.snapshot())).containsExactly("a", "b");
    assertThat(combined.snapshot().findings()).isEmpty();
  }

  @Test
  void theFirstHasPrecedenceAndTheOtherIsToldSo() {
    first.tell(snapshot("1.yaml", 1, "a"));
    second.tell(snapshot("2.yaml", 1, "a", "b"));

    assertThat(combined.snapshot().resources())
        .extracting(r -> r.position().file())
        .containsExactly("1.yaml", "2.yaml");
    assertThat(combined.snapshot().findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.ERROR);
              assertThat(finding.file()).isEqualTo("2.yaml");
              assertThat(finding.message()).contains("declared twice").contains("1.yaml");
            });
  }

  @Test
  void everyChangeOfOneIsAChangeOfAll() {
    List<List<String>> heard = new ArrayList<>();
    List<Long> generations = new ArrayList<>();
    ConfigStore.Subscription subscription =
        combined.subscribe(
            now -> {
              heard.add(names(now));
              generations.add(now.generation());
            });
    first.tell(snapshot("1.yaml", 1, "a"));
    second.tell(snapshot("2.yaml", 1, "b"));
    second.tell(snapshot("2.yaml", 2));
    subscription.close();
    first.tell(snapshot("1.yaml", 2));

    assertThat(heard).containsExactly(List.of("a"), List.of("a", "b"), List.of("a"));
    assertThat(generations).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aListenerThatThrowsDisturbsNobody() {
    List<String> heard = new ArrayList<>();
    ConfigStore.Subscription throwing =
        combined.subscribe(
            now -> {
              throw new IllegalStateException("on purpose");
            });
    ConfigStore.Subscription other = combined.subscribe(now -> heard.addAll(names(now)));
    first.tell(snapshot("1.yaml", 1, "a"));
    throwing.close();
    other.close();

    assertThat(heard).containsExactly("a");
  }

  @Test
  void closesAll() {
    combined.close();

    assertThat(first.closed).isTrue();
    assertThat(second.closed).isTrue();
    assertThat(first.listeners).isEmpty();
  }

  /** A store that holds what the test says. */
  private static final class Told implements ConfigStore {
    final List<Listener> listeners = new ArrayList<>();
    private ConfigSnapshot last = ConfigSnapshot.EMPTY;
    boolean closed;

    void tell(ConfigSnapshot snapshot) {
      last = snapshot;
      List.copyOf(listeners).forEach(listener -> listener.changed(snapshot));
    }

    @Override
    public ConfigSnapshot snapshot() {
      return last;
    }

    @Override
    public Subscription subscribe(Listener listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
