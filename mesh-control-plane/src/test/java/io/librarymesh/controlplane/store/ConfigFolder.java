package io.librarymesh.controlplane.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/**
 * A directory that a test writes into; every write has a later time than the one before. The times
 * are to come: one that is past would look as if the file had been written elsewhere and renamed.
 */
final class ConfigFolder {
  final Path path;
  private Instant time = Instant.parse("2100-01-01T00:00:00Z");

  ConfigFolder(Path path) {
    this.path = path;
  }

  static String service(String name) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: %s}
        spec: {selector: {app: %s}, ports: [{port: 80}]}
        """
        .formatted(name, name);
  }

  /** A ServiceEntry whose port tells versions of it apart. */
  static String entry(String name, int port) {
    return """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: %s}
        spec: {hosts: [%s.example.com], ports: [{number: %d, name: http}]}
        """
        .formatted(name, name, port);
  }

  Path file(String name) {
    return path.resolve(name);
  }

  Path write(String name, String content) throws IOException {
    Path file = file(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    time = time.plusMillis(1);
    Files.setLastModifiedTime(file, FileTime.from(time));
    return file;
  }
}
