package io.librarymesh.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.librarymesh.controlplane.store.DirectoryStore;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every method that somebody can call over the network has a row that says who may. */
class AccessTableTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Path PAGE = Path.of("..", "docs", "security.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([^`]+)` \\| (1501[024]) \\| ([^|]+) \\|");

  @TempDir private Path directory;

  private static Map<String, Set<String>> rows() throws Exception {
    Map<String, Set<String>> rows = new TreeMap<>();
    Matcher matcher = ROW.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      assertThat(matcher.group(3).strip()).as(matcher.group(1)).isNotEmpty();
      assertThat(
              rows.computeIfAbsent(matcher.group(2), port -> new TreeSet<>()).add(matcher.group(1)))
          .as("one row for " + matcher.group(1))
          .isTrue();
    }
    return rows;
  }

  @Test
  void everyMethodHasARowAndEveryRowAMethod() throws Exception {
    try (ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(Files.createDirectory(directory.resolve("mesh"))))
            .xds(ANY_PORT)
            .authority(AuthoritySettings.of(directory.resolve("ca")).withAddress(ANY_PORT))
            .build()) {
      controlPlane.start();

      assertThat(rows().get("15010")).isEqualTo(controlPlane.methods(false));
      assertThat(rows().get("15012")).isEqualTo(controlPlane.methods(true));
      assertThat(rows().get("15014")).isEqualTo(paths());
    }
  }

  /** Another test holds that these are the paths that are served. */
  private static Set<String> paths() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(ControlPlane.class.getResourceAsStream("admin/openapi.json"))) {
      return new TreeSet<>(
          JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
              .getAsJsonObject()
              .getAsJsonObject("paths")
              .keySet());
    }
  }
}
