package io.librarymesh.controlplane.store;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A file that asks too much of whoever reads it, or that is none.
 *
 * @param name what is wrong with it
 * @param reason words that the refusal has to say
 * @param make puts it at a path
 */
public record HostileFile(String name, String reason, Consumer<Path> make) {
  private static final int MANY = 100_000;

  /** All of them; those that a file system does not offer are refused for another reason there. */
  public static List<HostileFile> all() {
    List<HostileFile> all = new ArrayList<>();
    all.addAll(bombs());
    all.addAll(sizes());
    all.addAll(bytes());
    all.addAll(foreign());
    all.addAll(noFiles());
    return all;
  }

  @Override
  public String toString() {
    return name;
  }

  private static List<HostileFile> bombs() {
    String depth = "more than 100 levels of nesting";
    String anchor = "*a (expected: an anchor that ended before)";
    return List.of(
        text("alias bomb", "aliases repeat more than 10000 values", laughs()),
        text("100,000 levels of lists in one line", depth, "[".repeat(MANY)),
        text("100,000 levels of mappings in one line", depth, lines("{\"a\":\n", MANY)),
        text("100,000 levels of lists, indented", depth, lines("- ", 60_000)),
        text("1,000 levels of mappings, indented", depth, indented(1_000)),
        text("anchor that holds itself, a list", anchor, "&a [*a]\n"),
        text("anchor that holds itself, a mapping", anchor, "&a {b: {c: *a}}\n"),
        text("a million documents", "lines and commas", lines("---\n", 1_000_000)),
        text("a million mappings", "lines and commas", "x:\n" + lines("- a: b\n", 1_000_000)),
        text("a million duplicate keys", "lines and commas", lines("a: b\n", 1_000_000)),
        text("a million anchors", "lines and commas", lines("- &a b\n", 1_000_000)));
  }

  private static List<HostileFile> sizes() {
    String line = "a line of more than 131072 characters";
    String scalar = "a value of more than";
    String words = "0123456789 abcdefghijklmnopqrstuvwxyz\n";
    int mebibytes4 = (4 << 20) / words.length();
    return List.of(
        text("scalar of 4 MB in one line", line, "a: " + "x".repeat(4 << 20)),
        text("comment of 4 MB in one line", line, "#" + "x".repeat(4 << 20)),
        text("scalar of 4 MB, literal", scalar, "a: |\n" + lines("  " + words, mebibytes4)),
        text("scalar of 4 MB, folded", scalar, "a: >\n" + lines("  " + words, mebibytes4)),
        text("scalar of 4 MB, plain", scalar, "a:\n" + lines("  " + words, mebibytes4)),
        text("scalar of 4 MB, quoted", scalar, "a: \"\n" + lines("  " + words, mebibytes4) + "\""),
        text(
            "scalar of 4 MB, escapes",
            scalar,
            "a: \"\n" + lines("\\u0041".repeat(20) + "\n", 35_000) + "\""),
        text("key of 1 MB in one line", line, "x".repeat(1 << 20) + ": a"),
        text("key of 100 kB", "found \"xxxxx", "x".repeat(MANY) + ": a"),
        text("key of 4 MB in lines", scalar, "? |\n" + lines("  " + words, mebibytes4) + ": a"),
        text("number of 100,000 digits", "expected", port("9".repeat(MANY))),
        text("number with a huge exponent", "expected", port("1e999999999")),
        new HostileFile("file of 100 MB", "104857600 bytes (expected: at most", file -> big(file)));
  }

  private static List<HostileFile> bytes() {
    return List.of(
        text("NUL", "a NUL character", "a: b\0c\n"),
        raw(
            "Latin-1",
            "not UTF-8 from byte 3 on",
            "a: \u00e4\n".getBytes(StandardCharsets.ISO_8859_1)),
        raw(
            "UTF-16",
            "not UTF-8 from byte 0 on",
            "\uFEFFa: b\n".getBytes(StandardCharsets.UTF_16LE)),
        raw(
            "overlong UTF-8",
            "not UTF-8 from byte 3 on",
            new byte[] {'a', ':', ' ', (byte) 0xC0, (byte) 0x80}),
        raw(
            "surrogates in UTF-8",
            "not UTF-8 from byte 3 on",
            new byte[] {'a', ':', ' ', (byte) 0xED, (byte) 0xA0, (byte) 0x80}),
        raw("binary", "not UTF-8", binary()),
        text("control character", "U+001B does not belong in YAML", "a: \u001b[31m\n"),
        text("tabs for indentation", "not YAML: ", "a:\n\tb: c\n"));
  }

  private static List<HostileFile> foreign() {
    return List.of(
        text("duplicate keys", "written twice, first in line 1", "kind: a\nkind: b\n"),
        text("list as a key", "as a key (expected: a plain name)", "? [a]\n: b\n"),
        text("merge key", "<<: merge keys", "a: &a {b: c}\nd: {<<: *a}\n"),
        text(
            "tag of a Java class",
            "the tag tag:yaml.org,2002:javax",
            "a: !!javax.script.ScriptEngineManager []\n"),
        text(
            "tag of another language",
            "the tag tag:yaml.org,2002:python/object",
            "a: !!python/object/apply:os.system [x]\n"),
        text("octal number", "a number without a leading zero", port("0120")),
        text("number in sixties", "expected a number", port("1:20")),
        text("number with underscores", "expected a number", port("1_000")),
        text("infinity", "expected a finite number", port(".inf")),
        text("boolean for a text", "the boolean true", port("80, protocol: true")),
        text("number for a text", "\"7\" in quotes", port("80, protocol: 7")));
  }

  private static List<HostileFile> noFiles() {
    return List.of(
        new HostileFile("FIFO", "is no regular file", HostileFile::fifo),
        new HostileFile("socket", "is no regular file", HostileFile::socket),
        link("device", "is no regular file", Path.of("/dev/zero")),
        link(
            "file of the kernel",
            "which is no file of configuration",
            Path.of("/proc/self/status")),
        new HostileFile(
            "link to itself", "is a link that leads back to itself", file -> link(file, file)),
        new HostileFile(
            "link to a directory around it",
            "is a link into a directory around it",
            file -> link(file, Path.of("."))),
        link(
            "link to nothing",
            "is a link to something that is not there",
            Path.of("nowhere.yaml")));
  }

  private static HostileFile text(String name, String reason, String content) {
    return raw(name, reason, content.getBytes(StandardCharsets.UTF_8));
  }

  private static HostileFile raw(String name, String reason, byte[] content) {
    return new HostileFile(name, reason, file -> write(file, content));
  }

  private static HostileFile link(String name, String reason, Path target) {
    return new HostileFile(name, reason, file -> link(file, target));
  }

  private static String lines(String line, int count) {
    return line.repeat(count);
  }

  private static String indented(int levels) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < levels; i++) {
      text.append(" ".repeat(i)).append("a:\n");
    }
    return text.toString();
  }

  private static String laughs() {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      String alias = "*a" + (i - 1) + ", ";
      text.append("a%d: &a%d [%s]\n".formatted(i, i, alias.repeat(10)));
    }
    return text.toString();
  }

  private static String port(String number) {
    return """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: hostile}
        spec:
          hosts: [hostile.example.com]
          ports:
          - {name: http, number: %s}
        """
        .formatted(number);
  }

  private static byte[] binary() {
    byte[] bytes = new byte[1 << 20];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8) | 0x80);
    }
    return bytes;
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void big(Path file) {
    byte[] block =
        lines("# nothing but comments, for ever and ever ...................\n", 1 << 10)
            .getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int left = 100 << 20; left > 0; left -= block.length) {
        out.write(block, 0, Math.min(left, block.length));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void link(Path file, Path target) {
    try {
      Files.createSymbolicLink(file, target);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void fifo(Path file) {
    try {
      if (new ProcessBuilder("mkfifo", file.toString()).start().waitFor() != 0) {
        throw new AssertionError("no mkfifo");
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    }
  }

  private static void socket(Path file) {
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(file));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
