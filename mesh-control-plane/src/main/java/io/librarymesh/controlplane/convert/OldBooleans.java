package io.librarymesh.controlplane.convert;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** {@code yes} and its like, which are booleans in YAML 1.1 and texts in that of today. */
final class OldBooleans {
  private static final Map<String, String> TODAY =
      Map.of("yes", "true", "on", "true", "y", "true", "no", "false", "off", "false", "n", "false");

  /** The fields that are booleans. */
  private static final Set<String> FIELDS =
      Set.of(
          "ignoreUriCase",
          "retryRemoteLocalities",
          "retryIgnorePreviousHosts",
          "allowCredentials",
          "splitExternalLocalOriginErrors",
          "useSourceIp",
          "useClientProtocol",
          "insecureSkipVerify",
          "enabled",
          "httpsRedirect");

  private OldBooleans() {}

  static void spell(Block document, Pass pass) {
    document.field("spec").ifPresent(spec -> walk(spec.value(), pass));
  }

  private static void walk(Node node, Pass pass) {
    if (node instanceof SequenceNode list) {
      list.getValue().forEach(item -> walk(item, pass));
    } else if (node instanceof MappingNode mapping) {
      for (Field field : new Block(pass.text(), mapping).fields()) {
        if (FIELDS.contains(field.name()) && !field.isAlias()) {
          today(field.value())
              .ifPresent(word -> pass.change(BlockEdits.value(pass.text(), field.value(), word)));
        }
        walk(field.value(), pass);
      }
    }
  }

  private static Optional<String> today(Node value) {
    return value instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN
        ? Optional.ofNullable(TODAY.get(scalar.getValue().toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }
}
