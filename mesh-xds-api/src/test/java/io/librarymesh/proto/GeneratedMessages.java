package io.librarymesh.proto;

import com.google.protobuf.GeneratedMessage;
import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds every message class of this module, and the untrimmed class of the same proto message. */
final class GeneratedMessages {

  private GeneratedMessages() {}

  /** The directory or jar that the messages are loaded from. */
  static Path location() {
    try {
      return Path.of(Cluster.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The default instance of each message that the untrimmed API has, too, sorted by class name. Not
   * those of {@code src/main/proto}, which no artifact publishes.
   */
  static List<Message> all() throws IOException {
    Path root = location();
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.map(path -> root.relativize(path).toString())
          .filter(name -> name.endsWith(".class"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .map(name -> name.replace('/', '.').replace('\\', '.'))
          .filter(name -> !name.startsWith("io.librarymesh.proto.istio."))
          .sorted()
          .map(GeneratedMessages::load)
          .filter(GeneratedMessage.class::isAssignableFrom)
          .map(type -> (Message) Internal.getDefaultInstance(type.asSubclass(Message.class)))
          .toList();
    }
  }

  /** The default instance of the same message in {@code io.envoyproxy.controlplane:api}. */
  static Message original(Message ours) {
    String name = ours.getClass().getName().substring("io.librarymesh.proto.".length());
    String type = name.startsWith("envoy.") ? "io.envoyproxy." + name : "com.github." + name;
    return Internal.getDefaultInstance(load(type).asSubclass(Message.class));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
