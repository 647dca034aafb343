package io.librarymesh.controlplane.store;

import static io.librarymesh.controlplane.store.ConfigFolder.entry;
import static io.librarymesh.controlplane.store.ConfigFolder.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.MeshConfigDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real directory: changes come by themselves, to listeners, in order. */
final class DirectoryStoreTest {
  private static final long BOUND_SECONDS = 30;

  @TempDir Path directory;
  private ConfigFolder folder;
  private final BlockingQueue<ConfigSnapshot> snapshots = new LinkedBlockingQueue<>();

  @BeforeEach
  void setUp() {
    folder = new ConfigFolder(directory);
  }

  private ConfigSnapshot awaitSnapshot(Predicate<ConfigSnapshot> wanted)
      throws InterruptedException {
    while (true) {
      ConfigSnapshot next = snapshots.poll(BOUND_SECONDS, TimeUnit.SECONDS);
      assertThat(next).as("a snapshot within %s s", BOUND_SECONDS).isNotNull();
      if (next != null && wanted.test(next)) {
        return next;
      }
    }
  }

  private static List<String> names(ConfigSnapshot snapshot) {
    return snapshot.resources().stream().map(resource -> resource.metadata().name()).toList();
  }

  @Test
  void changesReachListenersInOrder() throws Exception {
    folder.write("a.yaml", service("a"));
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      assertThat(names(store.snapshot())).containsExactly("a");
      assertThat(store.snapshot().generation()).isEqualTo(1);
      store.subscribe(snapshots::add);

      folder.write("b.yaml", service("b"));
      ConfigSnapshot added = awaitSnapshot(snapshot -> names(snapshot).size() == 2);
      Files.delete(folder.file("a.yaml"));
      ConfigSnapshot removed = awaitSnapshot(snapshot -> names(snapshot).size() == 1);

      assertThat(names(added)).containsExactly("a", "b");
      assertThat(names(removed)).containsExactly("b");
      assertThat(removed.generation()).isGreaterThan(added.generation());
      assertThat(store.snapshot()).isEqualTo(removed);
    }
  }

  @Test
  void anErrorAndItsMendingReachListeners() throws Exception {
    folder.write("a.yaml", entry("a", 80));
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      store.subscribe(snapshots::add);

      folder.write("a.yaml", "kind: [");
      ConfigSnapshot broken = awaitSnapshot(s -> s.findings().stream().anyMatch(Finding::isError));
      folder.write("a.yaml", entry("a", 81));
      ConfigSnapshot mended = awaitSnapshot(s -> s.findings().isEmpty());

      assertThat(names(broken)).containsExactly("a");
      assertThat(names(mended)).containsExactly("a");
    }
  }

  @Test
  void filesOfNewDirectoriesAndFilesThatAreRenamedIntoPlaceAreSeen() throws Exception {
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      store.subscribe(snapshots::add);

      folder.write("deep/er/a.yaml", entry("a", 80));
      awaitSnapshot(snapshot -> names(snapshot).equals(List.of("a")));
      Path draft = folder.write("deep/er/a.yaml.tmp", entry("b", 81));
      Files.move(draft, folder.file("deep/er/a.yaml"), StandardCopyOption.ATOMIC_MOVE);
      awaitSnapshot(snapshot -> names(snapshot).equals(List.of("b")));
    }
  }

  @Test
  void aLinkedFileOutsideTheDirectoryIsWatchedToo(@TempDir Path elsewhere) throws Exception {
    ConfigFolder other = new ConfigFolder(elsewhere);
    Path target = other.write("real.yaml", service("a"));
    Files.createSymbolicLink(directory.resolve("a.yaml"), target);
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      store.subscribe(snapshots::add);
      other.write("real.yaml", service("b"));

      assertThat(names(awaitSnapshot(snapshot -> true))).containsExactly("b");
    }
  }

  @Test
  void listenersAreCalledFromOneThreadAndDoNotDisturbEachOther() throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      store.subscribe(
          snapshot -> {
            threads.add(Thread.currentThread());
            throw new IllegalStateException("a listener's own trouble");
          });
      store.subscribe(
          snapshot -> {
            threads.add(Thread.currentThread());
            snapshots.add(snapshot);
          });
      folder.write("a.yaml", service("a"));
      awaitSnapshot(snapshot -> names(snapshot).equals(List.of("a")));
      folder.write("b.yaml", service("b"));
      awaitSnapshot(snapshot -> names(snapshot).equals(List.of("a", "b")));
    }

    assertThat(threads).singleElement().isNotEqualTo(Thread.currentThread());
  }

  @Test
  void anEndedSubscriptionIsNotCalledAgain() throws Exception {
    BlockingQueue<ConfigSnapshot> ended = new LinkedBlockingQueue<>();
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      ConfigStore.Subscription subscription = store.subscribe(ended::add);
      store.subscribe(snapshots::add);
      subscription.close();
      subscription.close();
      folder.write("a.yaml", service("a"));
      awaitSnapshot(snapshot -> names(snapshot).equals(List.of("a")));
    }

    assertThat(ended).isEmpty();
  }

  @Test
  void aClosedStoreKeepsItsSnapshotAndCanBeClosedByAListener() throws Exception {
    DirectoryStore store = DirectoryStore.open(directory);
    store.subscribe(
        snapshot -> {
          store.close();
          snapshots.add(snapshot);
        });
    folder.write("a.yaml", service("a"));
    awaitSnapshot(snapshot -> true);
    store.close();

    assertThat(names(store.snapshot())).containsExactly("a");
  }

  @Test
  void thereMustBeADirectory() {
    assertThatThrownBy(() -> DirectoryStore.open(directory.resolve("none")))
        .isInstanceOf(NotDirectoryException.class)
        .hasMessageContaining("expected: a directory");
  }

  @Test
  void filesAndDirectoriesCanBeLoadedOnce() throws IOException {
    Path one = folder.write("one.txt", service("one"));
    folder.write("dir/two.yaml", service("two"));
    Path broken = folder.write("broken.yaml", service("three") + "---\nkind: Pod\n");
    Path missing = directory.resolve("missing.yaml");

    ConfigSnapshot loaded =
        DirectoryStore.load(List.of(one, directory.resolve("dir"), broken, missing));

    assertThat(names(loaded)).containsExactly("one", "two");
    assertThat(loaded.findings())
        .filteredOn(Finding::isError)
        .extracting(finding -> Path.of(finding.file()))
        .containsExactly(broken, missing);
  }

  @Test
  void duplicatesAreFoundWhenFilesAreLoadedOnce() throws IOException {
    Path first = folder.write("b.yaml", service("a"));
    Path second = folder.write("a.yaml", service("a"));

    ConfigSnapshot loaded = DirectoryStore.load(List.of(first, second));

    assertThat(loaded.resources()).hasSize(1);
    assertThat(loaded.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.file()).isEqualTo(second.toString());
              assertThat(finding.message()).contains("first at " + first + ":1:1");
            });
  }

  private static List<Long> connectTimeouts(ConfigSnapshot snapshot) {
    return snapshot.resources().stream()
        .filter(MeshConfigDocument.class::isInstance)
        .map(resource -> (MeshConfigDocument) resource)
        .map(settings -> settings.connectTimeout().orElseThrow().toSeconds())
        .toList();
  }

  @Test
  void settingsOfTheMeshAreWatchedWhereverTheyAre(@TempDir Path elsewhere) throws Exception {
    ConfigFolder other = new ConfigFolder(elsewhere);
    Path file = other.write("settings", "connectTimeout: 1s\n");
    folder.write("a.yaml", service("a"));
    try (DirectoryStore store = DirectoryStore.open(directory, Optional.of(file))) {
      store.subscribe(snapshots::add);
      assertThat(connectTimeouts(store.snapshot())).containsExactly(1L);

      other.write("settings", "connectTimeout: 2s\n");
      awaitSnapshot(snapshot -> connectTimeouts(snapshot).equals(List.of(2L)));
      other.write("settings", "connectTimeout: 2\n");
      ConfigSnapshot broken = awaitSnapshot(s -> s.findings().stream().anyMatch(Finding::isError));
      Files.delete(file);
      ConfigSnapshot gone =
          awaitSnapshot(
              s -> s.findings().stream().anyMatch(f -> f.message().equals("is not there")));

      assertThat(connectTimeouts(broken)).containsExactly(2L);
      assertThat(connectTimeouts(gone)).containsExactly(2L);
    }
  }

  @Test
  void settingsOfTheMeshInTheDirectoryAreReadOnce() throws Exception {
    Path file = folder.write("settings.yaml", "connectTimeout: 1s\n");
    Path samePlace = directory.resolve(".").resolve("settings.yaml");
    try (DirectoryStore store = DirectoryStore.open(directory, Optional.of(samePlace))) {
      assertThat(store.snapshot().findings()).isEmpty();
      assertThat(connectTimeouts(store.snapshot())).containsExactly(1L);
    }
    ConfigSnapshot loaded = DirectoryStore.load(List.of(directory), Optional.of(file));
    assertThat(loaded.findings()).isEmpty();
    assertThat(connectTimeouts(loaded)).containsExactly(1L);
  }
}
