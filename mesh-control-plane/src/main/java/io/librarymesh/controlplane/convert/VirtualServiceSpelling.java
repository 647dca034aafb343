package io.librarymesh.controlplane.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Old spellings of VirtualServices. */
final class VirtualServiceSpelling {
  private static final String PERCENTAGE = "percentage";

  private VirtualServiceSpelling() {}

  static void spell(Block document, Pass pass) {
    document.block("spec").ifPresent(spec -> spec(spec, pass));
  }

  private static void spec(Block spec, Pass pass) {
    gateways(spec, pass);
    for (String rules : List.of("http", "tls", "tcp")) {
      for (Block rule : spec.blocks(rules)) {
        rule.blocks("match").forEach(match -> gateways(match, pass));
      }
    }
    spec.blocks("http").forEach(rule -> rule(rule, pass));
  }

  private static void rule(Block rule, Pass pass) {
    Optional<Block> fault = rule.block("fault");
    for (String kind : List.of("delay", "abort")) {
      fault
          .flatMap(block -> block.block(kind))
          .ifPresent(block -> percentage(block, "percent", PERCENTAGE, pass));
    }
    percentage(rule, "mirrorPercent", "mirrorPercentage", pass);
    rule.blocks("mirrors").forEach(mirror -> bare(mirror, PERCENTAGE, pass));
    rule.block("corsPolicy").ifPresent(cors -> allowOrigin(cors, pass));
    rule.block("retries").flatMap(r -> r.field("retryOn")).ifPresent(on -> retryOn(on, pass));
    RetiredHeaders.spell(rule, pass);
    rule.field("websocketUpgrade").ifPresent(field -> websocket(field, pass));
  }

  /** A share as a number of its own, under its old name or that of today. */
  private static void percentage(Block block, String old, String today, Pass pass) {
    bare(block, today, pass);
    Optional<Field> written = block.field(old);
    if (written.isEmpty()) {
      return;
    }
    Field field = written.get();
    boolean ignored = block.field(today).isPresent();
    pass.changeOrWarn(
        field,
        ignored ? "leave it out" : "write " + today,
        ignored ? BlockEdits.delete(field) : value(field, today));
  }

  private static void bare(Block block, String name, Pass pass) {
    block
        .field(name)
        .filter(field -> field.value() instanceof ScalarNode)
        .ifPresent(
            field -> pass.changeOrWarn(field, "write {value: ...}", value(field, field.name())));
  }

  private static Optional<TextEdit> value(Field field, String name) {
    String token = field.owner().text().textOf(field.value());
    return BlockEdits.replace(
        field, List.of(new Line.Nested(name, List.of(new Line.Value("value", token)))));
  }

  /** Each origin stays in its line. */
  private static void allowOrigin(Block cors, Pass pass) {
    Optional<Field> written = cors.field("allowOrigin");
    if (written.isEmpty() || !(written.get().value() instanceof SequenceNode list)) {
      return;
    }
    Field field = written.get();
    Optional<Field> today = cors.field("allowOrigins");
    boolean ignored =
        today
            .map(Field::value)
            .filter(v -> v instanceof SequenceNode s && !s.getValue().isEmpty())
            .isPresent();
    if (ignored || today.isPresent() || field.isAlias()) {
      pass.changeOrWarn(
          field,
          "write allowOrigins",
          ignored ? BlockEdits.delete(field) : Optional.<TextEdit>empty());
      return;
    }
    boolean flow = cors.isFlow() || field.isQuoted() || isFlow(list);
    List<Optional<TextEdit>> edits = new ArrayList<>();
    edits.add(Optional.of(BlockEdits.rename(field, "allowOrigins")));
    for (Node origin : list.getValue()) {
      String token = pass.text().textOf(origin);
      String exact = field.isQuoted() ? "\"exact\": " + token : "exact: " + token;
      edits.add(
          Optional.of(BlockEdits.value(pass.text(), origin, flow ? "{" + exact + "}" : exact)));
    }
    pass.changeOrWarn(field, "write allowOrigins", edits);
  }

  private static boolean isFlow(SequenceNode list) {
    return list.getFlowStyle() == FlowStyle.FLOW;
  }

  /** Istio refuses blanks there. */
  private static void retryOn(Field field, Pass pass) {
    String written = field.scalar().orElse("");
    String trimmed =
        Stream.of(written.split(",", -1)).map(String::trim).collect(Collectors.joining(","));
    if (!trimmed.equals(written)) {
      pass.changeOrWarn(
          field,
          "write " + trimmed,
          field.isAlias() ? Optional.empty() : Optional.of(BlockEdits.retext(field, trimmed)));
    }
  }

  /** A Gateway by {@code name.namespace.svc...}, as Istio's first releases had it. */
  private static void gateways(Block block, Pass pass) {
    if (!(block.field("gateways").map(Field::value).orElse(null) instanceof SequenceNode list)) {
      return;
    }
    for (Node item : list.getValue()) {
      if (item instanceof ScalarNode scalar
          && scalar.getValue().indexOf('/') < 0
          && scalar.getValue().indexOf('.') > 0) {
        String[] labels = scalar.getValue().split("\\.", -1);
        String today = BlockEdits.quotedAs(scalar, labels[1] + "/" + labels[0]);
        pass.change(BlockEdits.value(pass.text(), scalar, today));
      }
    }
  }

  private static void websocket(Field field, Pass pass) {
    pass.inform(field, "left out: it has no effect, upgrades to WebSocket always pass");
    pass.changeOrWarn(field, "leave it out", BlockEdits.delete(field));
  }
}
