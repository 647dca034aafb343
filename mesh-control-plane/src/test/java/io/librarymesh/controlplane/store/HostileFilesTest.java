package io.librarymesh.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.librarymesh.controlplane.istio.Finding;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One file among good ones that is made to bring its reader down: refused with its reason, soon and
 * in little memory, and the others serve.
 */
final class HostileFilesTest {
  private static final long BYTES = 64L << 20;

  /** Ten times what a refusal may take, since other things run on the machine of a test. */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** The best of so many counts: the first run in a young JVM, in which nothing is compiled. */
  private static final int ROUNDS = Integer.getInteger("hostile.rounds", 3);

  private static final long BOUND_SECONDS = 60;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;

  static List<HostileFile> hostile() {
    return HostileFile.all();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void isRefusedWithItsReasonSoonAndInLittleMemory(HostileFile hostile) throws Exception {
    ConfigFolder folder = new ConfigFolder(directory);
    folder.write("a.yaml", ConfigFolder.service("a"));
    folder.write("z.yaml", ConfigFolder.service("z"));
    hostile.make().accept(folder.file("m.yaml"));

    long best = Long.MAX_VALUE;
    long bytes = 0;
    ConfigSnapshot snapshot =
        new ConfigFiles(Optional.of(directory), Optional.empty(), 50).snapshot(0);
    for (int i = 0; i < ROUNDS; i++) {
      long nanos = THREADS.getCurrentThreadCpuTime();
      long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
      ConfigFiles files = new ConfigFiles(Optional.of(directory), Optional.empty(), 50);
      files.first();
      snapshot = files.snapshot(1);
      bytes = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      best = Math.min(best, THREADS.getCurrentThreadCpuTime() - nanos);
    }
    System.out.printf("| %s | %.1f | %.1f |%n", hostile.name(), best / 1e6, bytes / 1048576.0);

    assertThat(names(snapshot)).containsExactly("a", "z");
    assertThat(refusals(snapshot))
        .containsOnlyKeys(folder.file("m.yaml").toString())
        .allSatisfy((file, reasons) -> assertThat(reasons).contains(hostile.reason()));
    assertThat(bytes).as("bytes allocated").isLessThan(BYTES);
    assertThat(best).as("nanoseconds of the processor").isLessThan(NANOS);
  }

  @Test
  void onesThatArriveWhileOthersServeAreRefusedAndTheOthersGoOnServing() throws Exception {
    ConfigFolder folder = new ConfigFolder(directory);
    folder.write("a.yaml", ConfigFolder.service("a"));
    folder.write("z.yaml", ConfigFolder.service("z"));
    BlockingQueue<ConfigSnapshot> snapshots = new LinkedBlockingQueue<>();
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      store.subscribe(snapshots::add);
      Map<String, String> expected = new TreeMap<>();
      for (HostileFile hostile : hostile()) {
        Path file = folder.file("m" + expected.size() + ".yaml");
        hostile.make().accept(file);
        expected.put(file.toString(), hostile.reason());
      }
      // A large one may be seen while it is still being written, and is looked at again.
      ConfigSnapshot refused =
          await(
              snapshots,
              s ->
                  refusals(s).keySet().equals(expected.keySet())
                      && refusals(s).entrySet().stream()
                          .allMatch(each -> each.getValue().contains(expected.get(each.getKey()))));
      folder.write("z.yaml", ConfigFolder.service("later"));
      ConfigSnapshot later = await(snapshots, s -> names(s).contains("later"));

      assertThat(names(refused)).containsExactly("a", "z");
      assertThat(refusals(refused))
          .allSatisfy((file, reasons) -> assertThat(reasons).contains(expected.get(file)));
      assertThat(names(later)).containsExactly("a", "later");
    }
  }

  @Test
  void aFileThatComesAndGoesAllTheTimeDisturbsNoOther() throws Exception {
    ConfigFolder folder = new ConfigFolder(directory);
    folder.write("a.yaml", ConfigFolder.service("a"));
    BlockingQueue<ConfigSnapshot> snapshots = new LinkedBlockingQueue<>();
    try (DirectoryStore store = DirectoryStore.open(directory)) {
      store.subscribe(snapshots::add);
      for (int i = 0; i < 2_000; i++) {
        Files.delete(folder.write("flicker.yaml", ConfigFolder.service("flicker")));
      }
      folder.write("z.yaml", ConfigFolder.service("z"));
      ConfigSnapshot last =
          await(snapshots, s -> names(s).equals(List.of("a", "z")) && s.findings().isEmpty());

      assertThat(last.resources()).hasSize(2);
      assertThat(snapshots).allSatisfy(s -> assertThat(names(s)).contains("a"));
    }
  }

  @Test
  void aFileThatVanishesBetweenTheLookAndTheReadingIsNamed() throws Exception {
    ConfigFolder folder = new ConfigFolder(directory);
    Path path = folder.write("m.yaml", ConfigFolder.service("m"));
    FileStamp stamp = FileStamp.of(path);
    ConfigFile file = new ConfigFile(path, FileContent::parse);
    Files.delete(path);
    file.read(stamp, 0);

    assertThat(file.resources()).isEmpty();
    assertThat(file.findings())
        .first()
        .hasToString(path + ": error: cannot be read: it is not there");
  }

  @Test
  void aFileThatGrowsWhileItIsReadIsReadAgain() throws Exception {
    ConfigFolder folder = new ConfigFolder(directory);
    Path path = folder.write("m.yaml", ConfigFolder.service("m"));
    FileStamp stamp = FileStamp.of(path);
    ConfigFile file = new ConfigFile(path, FileContent::parse);
    folder.write("m.yaml", ConfigFolder.service("m") + "---\n" + ConfigFolder.service("n"));
    file.read(stamp, 0);

    assertThat(file.isWaiting()).isTrue();
    assertThat(file.resources()).isEmpty();
    file.read(FileStamp.of(path), 0);
    assertThat(file.resources()).hasSize(2);
  }

  @Test
  void whatOnlyLooksStrangeIsRead() throws Exception {
    ConfigFolder folder = new ConfigFolder(directory);
    folder.write("bom.yaml", "\uFEFF" + ConfigFolder.service("bom"));
    folder.write("crlf.yaml", ConfigFolder.service("crlf").replace("\n", "\r\n"));
    folder.write("directory.yaml/in.yaml", ConfigFolder.service("in"));
    folder.write(
        "words.yaml", ConfigFolder.service("words") + "# \uD83D\uDE00 \u202E \u2028 \uFFFD\n");
    folder.write(
        "json.json",
        "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"json\"}, \"spec\": {\"selector\": {\"app\": \"json\"}, \"ports\": [{\"port\": 80}]}}");
    folder.write("empty-documents.yaml", "---\n".repeat(1_000) + ConfigFolder.service("last"));
    ConfigSnapshot snapshot = DirectoryStore.load(List.of(directory));

    assertThat(snapshot.findings()).isEmpty();
    assertThat(names(snapshot))
        .containsExactlyInAnyOrder("bom", "crlf", "in", "words", "json", "last");
  }

  @Test
  void findingsStayOnOneLineWhateverTheFileIsCalled() throws Exception {
    new ConfigFolder(directory).write("a\n\u001b[31mb.yaml", "kind: [");
    ConfigSnapshot snapshot = DirectoryStore.load(List.of(directory));

    assertThat(snapshot.findings())
        .isNotEmpty()
        .allSatisfy(
            finding ->
                assertThat(finding.toString()).contains("a  [31mb.yaml").doesNotContain("\n"));
  }

  private static ConfigSnapshot await(
      BlockingQueue<ConfigSnapshot> snapshots, Predicate<ConfigSnapshot> wanted)
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

  /** What keeps files from being in force, by file. */
  private static Map<String, String> refusals(ConfigSnapshot snapshot) {
    return snapshot.findings().stream()
        .filter(Finding::isError)
        .collect(
            Collectors.toMap(
                Finding::file, Finding::message, (one, other) -> one + "; " + other, TreeMap::new));
  }
}
