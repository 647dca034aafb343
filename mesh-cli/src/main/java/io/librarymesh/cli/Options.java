package io.librarymesh.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of option values; a violation is reported with the command's usage. */
final class Options {
  private Options() {}

  static void requireRange(String option, double value, double from, double to) {
    if (value < from || value > to) {
      throw new UsageException(
          String.format("%s: %s (expected: %s..%s)", option, plain(value), plain(from), plain(to)));
    }
  }

  static void requireExisting(List<Path> paths) {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new UsageException(path + ": no such file or directory");
      }
    }
  }

  static void requireFile(@Nullable Path file) {
    if (file != null && !Files.isRegularFile(file)) {
      throw new UsageException(file + ": no such file");
    }
  }

  /** Splits {@code HOST:PORT}; the host of an IPv6 literal stands in brackets. */
  static HostPort hostPort(String option, String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && text.substring(colon + 1).matches("\\d{1,5}")) {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port <= 65535) {
        return new HostPort(text.substring(0, colon).replaceAll("[\\[\\]]", ""), port);
      }
    }
    boolean port = colon > 0 && text.substring(colon + 1).matches("\\d+");
    throw new UsageException(
        option
            + ": '"
            + text
            + (port
                ? "' (expected: a port of at most 65535)"
                : "' (expected: HOST:PORT, for example 127.0.0.1:15010)"));
  }

  /** A host and a port. */
  record HostPort(String host, int port) {
    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /** A wrong option value. */
  static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
