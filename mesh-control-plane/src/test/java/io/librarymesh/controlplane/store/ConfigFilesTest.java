package io.librarymesh.controlplane.store;

import static io.librarymesh.controlplane.store.ConfigFolder.entry;
import static io.librarymesh.controlplane.store.ConfigFolder.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a directory is in force after a series of looks, at times that the test sets. */
final class ConfigFilesTest {
  private static final long SETTLE = 50;
  private static final String BROKEN = "apiVersion: v1\nkind: Service\nspec: {portz: []}\n";

  @TempDir Path directory;
  private ConfigFolder folder;
  private ConfigFiles files;
  private long now;

  @BeforeEach
  void setUp() {
    folder = new ConfigFolder(directory);
    files = new ConfigFiles(Optional.of(directory), Optional.empty(), SETTLE);
  }

  private boolean lookAfter(long nanos) {
    now += nanos;
    return files.look(now, false).changed();
  }

  /** Looks twice, as the store does when something changed. */
  private boolean settle() {
    boolean first = lookAfter(1);
    return lookAfter(SETTLE) || first;
  }

  private List<String> names() {
    return files.snapshot(0).resources().stream().map(r -> r.metadata().name()).toList();
  }

  private int port(String name) {
    for (Resource resource : files.snapshot(0).resources()) {
      if (resource instanceof ServiceEntry found && found.metadata().name().equals(name)) {
        return found.ports().get(0).number();
      }
    }
    throw new AssertionError("no ServiceEntry " + name);
  }

  private List<Finding> errors() {
    return files.snapshot(0).findings().stream().filter(Finding::isError).toList();
  }

  @Test
  void theFirstLookTakesEverythingAsItStands() throws IOException {
    folder.write("b.yaml", service("b"));
    folder.write("sub/c.yml", service("c"));
    folder.write(
        "a.json",
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec:"
            + " {selector: {app: a}, ports: [{port: 1}]}}");
    folder.write("readme.md", "not configuration");
    folder.write(".hidden.yaml", service("hidden"));
    folder.write(".git/d.yaml", service("hidden"));

    ConfigFiles.Look look = files.first();

    assertThat(names()).containsExactly("a", "b", "c");
    assertThat(look.waiting()).isFalse();
    assertThat(errors()).isEmpty();
  }

  @Test
  void aChangeIsTakenWhenTheFileHasBeenStillForTheSettleTime() throws IOException {
    folder.write("a.yaml", entry("a", 80));
    files.first();
    folder.write("a.yaml", entry("a", 81));

    assertThat(files.look(now, false))
        .satisfies(look -> assertThat(look.changed()).isFalse())
        .satisfies(look -> assertThat(look.waiting()).isTrue());
    assertThat(lookAfter(SETTLE - 1)).isFalse();
    assertThat(port("a")).isEqualTo(80);
    assertThat(lookAfter(1)).isTrue();
    assertThat(port("a")).isEqualTo(81);
    assertThat(lookAfter(SETTLE)).isFalse();
  }

  @Test
  void aFileThatIsRenamedIntoPlaceIsTakenAtOnce() throws IOException {
    folder.write("a.yaml", entry("a", 80));
    files.first();
    folder.write("a.yaml.new", entry("a", 81));
    Path written = directory.resolve("a.yaml.new");
    Files.setLastModifiedTime(written, FileTime.fromMillis(0));
    Files.move(written, directory.resolve("a.yaml"), StandardCopyOption.REPLACE_EXISTING);

    assertThat(lookAfter(1)).isTrue();
    assertThat(port("a")).isEqualTo(81);
  }

  @Test
  void aFileThatIsStillBeingWrittenIsNotRead() throws IOException {
    files.first();
    for (int i = 0; i < 10; i++) {
      folder.write("a.yaml", service("a").repeat(i + 1));
      assertThat(lookAfter(SETTLE)).isFalse();
    }
    folder.write("a.yaml", service("a"));

    assertThat(lookAfter(SETTLE)).isFalse();
    assertThat(lookAfter(SETTLE)).isTrue();
    assertThat(names()).containsExactly("a");
  }

  @Test
  void anInvalidFileKeepsItsLastGoodVersionUntilItIsMended() throws IOException {
    folder.write("a.yaml", entry("a", 80));
    folder.write("b.yaml", service("b"));
    files.first();

    folder.write("a.yaml", entry("a", 81) + "---\n" + BROKEN);
    assertThat(settle()).isTrue();
    assertThat(names()).containsExactly("a", "b");
    assertThat(port("a")).isEqualTo(80);
    assertThat(errors()).isNotEmpty().allMatch(error -> error.file().endsWith("a.yaml"));
    assertThat(files.snapshot(0).findings())
        .anyMatch(
            finding ->
                finding.severity() == Severity.WARNING
                    && finding.message().contains("last good version of this file stays in force"));
    assertThat(settle()).isFalse();

    folder.write("a.yaml", entry("a", 82));
    assertThat(settle()).isTrue();
    assertThat(port("a")).isEqualTo(82);
    assertThat(files.snapshot(0).findings()).isEmpty();
  }

  @Test
  void aFileThatWasNeverGoodIsNotInForceAtAll() throws IOException {
    folder.write("a.yaml", service("a") + "---\n" + BROKEN);
    files.first();

    assertThat(names()).isEmpty();
    assertThat(errors()).isNotEmpty();
    assertThat(files.snapshot(0).findings())
        .anyMatch(finding -> finding.message().contains("nothing of this file is in force"));
  }

  @Test
  void everyHalfOfAFileKeepsTheLastGoodVersionOrIsWhole() throws IOException {
    String good = entry("a", 80);
    folder.write("a.yaml", good);
    files.first();
    for (int length = 0; length < good.length(); length++) {
      folder.write("a.yaml", good.substring(0, length).replace("80", "81"));
      settle();
      assertThat(names()).as("first %s characters", length).containsExactly("a");
    }
  }

  @Test
  void theResourcesOfADeletedFileGo() throws IOException {
    folder.write("a.yaml", service("a"));
    folder.write("b.yaml", service("b"));
    files.first();
    Files.delete(folder.file("a.yaml"));

    assertThat(lookAfter(1)).isFalse();
    assertThat(names()).containsExactly("a", "b");
    assertThat(lookAfter(SETTLE)).isTrue();
    assertThat(names()).containsExactly("b");
  }

  @Test
  void aFileThatIsAwayForAMomentIsNotDeleted() throws IOException {
    folder.write("a.yaml", entry("a", 80));
    files.first();
    Files.move(folder.file("a.yaml"), folder.file("a.yaml~"));
    assertThat(lookAfter(SETTLE)).isFalse();
    folder.write("a.yaml", entry("a", 81));

    assertThat(lookAfter(SETTLE)).isFalse();
    assertThat(port("a")).isEqualTo(80);
    assertThat(lookAfter(SETTLE)).isTrue();
    assertThat(port("a")).isEqualTo(81);
  }

  @Test
  void aRenamedFileKeepsItsResources() throws IOException {
    folder.write("a.yaml", service("a"));
    files.first();
    Files.move(folder.file("a.yaml"), folder.file("b.yaml"));

    assertThat(settle()).isTrue();
    assertThat(names()).containsExactly("a");
    assertThat(errors()).isEmpty();
  }

  @Test
  void anEmptiedFileKeepsItsLastGoodVersionAndAFileOfCommentsDoesNot() throws IOException {
    folder.write("a.yaml", service("a"));
    files.first();

    folder.write("a.yaml", " \n");
    settle();
    assertThat(names()).containsExactly("a");
    assertThat(errors()).singleElement().satisfies(e -> assertThat(e.message()).contains("delete"));

    folder.write("a.yaml", "# switched off\n");
    settle();
    assertThat(names()).isEmpty();
    assertThat(files.snapshot(0).findings()).isEmpty();
  }

  @Test
  void aChangeThatTheStampDoesNotShowIsFoundByAThoroughLook() throws IOException {
    Path file = folder.write("a.yaml", entry("a", 80));
    FileTime time = Files.getLastModifiedTime(file);
    files.first();
    Files.writeString(file, entry("a", 81));
    Files.setLastModifiedTime(file, time);

    settle();
    assertThat(port("a")).isEqualTo(80);
    assertThat(files.look(now, true).changed()).isTrue();
    assertThat(port("a")).isEqualTo(81);
    assertThat(files.look(now, true).changed()).isFalse();
  }

  @Test
  void aChangeOfCommentsBehindTheLastDocumentChangesNothing() throws IOException {
    folder.write("a.yaml", service("a"));
    files.first();
    folder.write("a.yaml", service("a") + "# said before\n");

    assertThat(settle()).isFalse();
  }

  @Test
  void theSameResourceInTwoFilesIsTakenFromTheFirstByName() throws IOException {
    folder.write("b.yaml", entry("x", 81));
    files.first();
    folder.write("a.yaml", entry("x", 80) + "---\n" + service("other"));
    settle();

    assertThat(port("x")).isEqualTo(80);
    assertThat(names()).containsExactlyInAnyOrder("x", "other");
    assertThat(errors())
        .singleElement()
        .hasToString(
            folder.file("b.yaml")
                + ":1:1: error: metadata.name: ServiceEntry default/x is declared twice, first at "
                + folder.file("a.yaml")
                + ":1:1");

    Files.delete(folder.file("a.yaml"));
    settle();
    assertThat(port("x")).isEqualTo(81);
    assertThat(errors()).isEmpty();
  }

  @Test
  void aLinkThatIsTurnedToAnotherFileIsAChange() throws IOException {
    Path targets = Files.createDirectory(directory.resolve(".targets"));
    FileTime time = FileTime.fromMillis(0);
    for (int port : new int[] {80, 81}) {
      Path target = Files.writeString(targets.resolve(port + ".yaml"), entry("a", port));
      Files.setLastModifiedTime(target, time);
    }
    link("a.yaml", targets.resolve("80.yaml"));
    files.first();
    assertThat(port("a")).isEqualTo(80);

    link("a.yaml", targets.resolve("81.yaml"));
    settle();
    assertThat(port("a")).isEqualTo(81);
  }

  @Test
  void aMountedConfigMapIsReadAndItsSwapIsSeen() throws IOException {
    for (int version : new int[] {1, 2}) {
      Path data = Files.createDirectory(directory.resolve("..v" + version));
      Files.writeString(data.resolve("a.yaml"), entry("a", 79 + version));
    }
    link("..data", directory.resolve("..v1"));
    link("a.yaml", Path.of("..data", "a.yaml"));
    files.first();
    assertThat(names()).containsExactly("a");
    assertThat(port("a")).isEqualTo(80);

    link("..data", directory.resolve("..v2"));
    settle();
    assertThat(port("a")).isEqualTo(81);
  }

  /** Replaces a link in one step. */
  private void link(String name, Path target) throws IOException {
    Path fresh = Files.createSymbolicLink(directory.resolve(".new-link"), target);
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void whatMustNotBeOpenedIsNamedAndTheRestIsRead() throws Exception {
    folder.write("a.yaml", service("a"));
    folder.write("sub/b.yaml", service("b"));
    Files.createSymbolicLink(directory.resolve("sub").resolve("loop"), directory);
    Files.createSymbolicLink(directory.resolve("gone.yaml"), Path.of("nowhere.yaml"));
    files.first();

    assertThat(names()).containsExactly("a", "b");
    assertThat(errors())
        .extracting(Finding::message)
        .containsExactlyInAnyOrder(
            "is a link into a directory around it, and is not followed",
            "is a link to something that is not there");
  }

  @Test
  void specialFilesAreNeverOpened() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "no /proc here");
    Files.createSymbolicLink(directory.resolve("proc.yaml"), Path.of("/proc/self/status"));
    Path fifo = directory.resolve("fifo.yaml");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    files.first();

    assertThat(errors())
        .extracting(Finding::message)
        .anyMatch(message -> message.contains("is no regular file"))
        .anyMatch(message -> message.contains("/status, which is no file of configuration"));
  }

  @Test
  void aFileThatBecomesUnusableKeepsItsLastGoodVersion() throws IOException {
    folder.write("a.yaml", service("a"));
    files.first();
    link("a.yaml", Path.of("nowhere.yaml"));
    settle();
    assertThat(names()).containsExactly("a");
    assertThat(errors()).hasSize(1);

    Files.delete(folder.file("a.yaml"));
    folder.write("a.yaml", service("a"));
    settle();
    assertThat(names()).containsExactly("a");
    assertThat(files.snapshot(0).findings()).isEmpty();
  }

  @Test
  void aDirectoryThatIsAwayKeepsEverything() throws IOException {
    folder.write("conf/a.yaml", service("a"));
    files = new ConfigFiles(Optional.of(directory.resolve("conf")), Optional.empty(), SETTLE);
    files.first();
    Files.move(directory.resolve("conf"), directory.resolve("away"));

    assertThat(settle()).isTrue();
    assertThat(names()).containsExactly("a");
    assertThat(errors())
        .singleElement()
        .satisfies(error -> assertThat(error.message()).contains("expected: a directory"));
    assertThat(settle()).isFalse();

    Files.move(directory.resolve("away"), directory.resolve("conf"));
    settle();
    assertThat(names()).containsExactly("a");
    assertThat(files.snapshot(0).findings()).isEmpty();
  }

  @Test
  void aFileBeyondTheLimitIsRefusedAndNotReadToItsEnd() throws IOException {
    folder.write("a.yaml", service("a"));
    files.first();
    folder.write("a.yaml", "# blank\n".repeat(1_500_000));
    settle();

    assertThat(names()).containsExactly("a");
    assertThat(errors())
        .singleElement()
        .satisfies(e -> assertThat(e.message()).contains("at most"));
  }
}
