package io.librarymesh.samples.workshop;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a workshop service is started: {@code --xds HOST:PORT --port PORT --version VERSION
 * --server-roots FILE --token FILE --lifeline stdin}.
 *
 * @param xds the control plane's address
 * @param port to listen on; 0 lets the operating system choose
 * @param version the value of the label {@code version}
 * @param proof by what it comes in, over mutual TLS; empty for plain text and no identity
 * @param endsWithInput whether the service ends when its standard input does, as a child process
 *     should
 */
record ServiceOptions(
    String xds, int port, String version, Optional<Proof> proof, boolean endsWithInput) {
  private static final List<String> KNOWN =
      List.of("--xds", "--port", "--version", "--server-roots", "--token", "--lifeline");

  /**
   * By what a service comes into the mesh.
   *
   * @param serverRoots file of the roots by which the control plane is known
   * @param token file of the token for which it signs a certificate
   */
  record Proof(Path serverRoots, Path token) {}

  /**
   * Reads command line arguments.
   *
   * @throws IllegalArgumentException naming the argument that is unknown, has no value or a wrong
   *     one
   */
  static ServiceOptions parse(String... args) {
    Map<String, String> values = new TreeMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!KNOWN.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "arguments: "
                + Arrays.toString(args)
                + " (expected: pairs of "
                + KNOWN
                + " and value)");
      }
      values.put(args[i], args[i + 1]);
    }
    return new ServiceOptions(
        values.getOrDefault("--xds", "127.0.0.1:15010"),
        port(values.getOrDefault("--port", "0")),
        values.getOrDefault("--version", "v1"),
        proof(values),
        values.getOrDefault("--lifeline", "none").equals("stdin"));
  }

  private static Optional<Proof> proof(Map<String, String> values) {
    Optional<Path> roots = Optional.ofNullable(values.get("--server-roots")).map(Path::of);
    Optional<Path> token = Optional.ofNullable(values.get("--token")).map(Path::of);
    if (roots.isPresent() != token.isPresent()) {
      throw new IllegalArgumentException(
          "--server-roots, --token: one of the two (expected: both or none)");
    }
    return roots.map(file -> new Proof(file, token.orElseThrow()));
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Reported below, as any other wrong port is.
    }
    throw new IllegalArgumentException("--port: " + text + " (expected: 0..65535)");
  }
}
