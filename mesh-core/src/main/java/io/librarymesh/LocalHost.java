package io.librarymesh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine is called, found without asking DNS. */
final class LocalHost {
  private static final Path HOSTNAME_FILE = Path.of("/etc/hostname");

  private LocalHost() {}

  /** The name; empty when it is not known. */
  static String name() {
    String name = System.getenv("HOSTNAME");
    if (name != null && !name.isEmpty()) {
      return name;
    }
    try {
      return Files.readString(HOSTNAME_FILE).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
