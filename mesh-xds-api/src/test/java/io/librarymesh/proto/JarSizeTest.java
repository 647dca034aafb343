package io.librarymesh.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Holds the size of the jar. A service that adds the mesh pays for every message here; whoever adds
 * to the keep list and meets this limit finds something to take out, or argues for a higher one.
 */
final class JarSizeTest {

  private static final int LARGEST_JAR_BYTES = 2_700_000;

  @Test
  void jarStaysWithinItsBudget() throws IOException {
    Path classes = GeneratedMessages.location();
    List<Path> files;
    try (Stream<Path> tree = Files.walk(classes)) {
      files = tree.filter(Files::isRegularFile).toList();
    }
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(jar)) {
      for (Path file : files) {
        zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        zip.write(Files.readAllBytes(file));
        zip.closeEntry();
      }
    }

    assertThat(files).hasSizeGreaterThan(500);
    assertThat(jar.size()).isBetween(LARGEST_JAR_BYTES / 2, LARGEST_JAR_BYTES);
  }
}
