package io.librarymesh.controlplane.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Old spellings of DestinationRules. */
final class DestinationRuleSpelling {
  private static final String POOL = "connectionPool";
  private static final String PER_CONNECTION = "maxRequestsPerConnection";

  private DestinationRuleSpelling() {}

  static void spell(Block document, Pass pass) {
    Optional<Block> spec = document.block("spec");
    if (spec.isEmpty()) {
      return;
    }
    List<Block> owners = new ArrayList<>(spec.get().blocks("subsets"));
    owners.add(spec.get());
    for (Block owner : owners) {
      Optional<Block> policy = owner.block("trafficPolicy");
      policy.ifPresent(block -> policy(block, pass));
      policy
          .map(block -> block.blocks("portLevelSettings"))
          .orElse(List.of())
          .forEach(port -> policy(port, pass));
    }
  }

  private static void policy(Block policy, Pass pass) {
    pool(policy, pass);
    policy.block("outlierDetection").ifPresent(outlier -> consecutiveErrors(outlier, pass));
    policy.block("loadBalancer").ifPresent(balancer -> balancer(balancer, pass));
  }

  /** Limits that stand straight in the policy, as courses of 2019 had it. */
  private static void pool(Block policy, Pass pass) {
    Optional<Field> pool = policy.field(POOL);
    List<Field> blocks =
        policy.fields().stream()
            .filter(field -> field.name().equals("tcp") || field.name().equals("http"))
            .toList();
    if (pool.isEmpty() && !blocks.isEmpty()) {
      Field first = blocks.get(0);
      // The other one, if there is one, finds the connectionPool in the next pass.
      pass.changeOrWarn(
          first,
          "move it into " + POOL,
          BlockEdits.replace(
              first, List.of(new Line.Nested(POOL, List.of(new Line.Moved(first))))));
    } else if (!blocks.isEmpty()) {
      Field block = blocks.get(0);
      pass.changeOrWarn(
          block,
          "move it into " + POOL,
          List.of(
              pool.flatMap(Field::block)
                  .flatMap(inside -> BlockEdits.append(inside, new Line.Moved(block))),
              BlockEdits.delete(block)));
    } else {
      policy.field(PER_CONNECTION).ifPresent(field -> perConnection(policy, field, pass));
    }
  }

  private static void perConnection(Block policy, Field field, Pass pass) {
    Line moved = new Line.Moved(field);
    Line http = new Line.Nested("http", List.of(moved));
    Optional<Block> pool = policy.block(POOL);
    if (pool.isEmpty()) {
      pass.changeOrWarn(
          field,
          "move it into connectionPool.http",
          BlockEdits.replace(field, List.of(new Line.Nested(POOL, List.of(http)))));
      return;
    }
    Optional<Block> inside = pool.get().block("http");
    pass.changeOrWarn(
        field,
        "move it into connectionPool.http",
        List.of(
            inside.isPresent()
                ? BlockEdits.append(inside.get(), moved)
                : BlockEdits.append(pool.get(), http),
            BlockEdits.delete(field)));
  }

  /** Nobody looks at it, so it goes; what releases that did took it for is said. */
  private static void consecutiveErrors(Block outlier, Pass pass) {
    Optional<Field> written = outlier.field("consecutiveErrors");
    if (written.isEmpty()) {
      return;
    }
    Field field = written.get();
    boolean alone =
        outlier.field("consecutiveGatewayErrors").isEmpty()
            && outlier.field("consecutive5xxErrors").isEmpty();
    if (alone && field.scalar().filter(text -> !text.equals("0")).isPresent()) {
      String token = field.owner().text().textOf(field.value());
      pass.inform(
          field,
          "left out, since it is no longer looked at; consecutiveGatewayErrors: "
              + token
              + " and consecutive5xxErrors: 0 say what it once meant");
    }
    if (outlier.fields().size() == 1) {
      // Nothing else: what is left is a block all the same, which switches detection on.
      pass.change(BlockEdits.value(pass.text(), outlier.node(), "{}"));
    } else {
      pass.changeOrWarn(field, "leave it out", BlockEdits.delete(field));
    }
  }

  private static void balancer(Block balancer, Pass pass) {
    balancer
        .field("simple")
        .filter(simple -> simple.scalar().filter("LEAST_CONN"::equals).isPresent())
        .filter(simple -> !simple.isAlias())
        .ifPresent(simple -> pass.change(BlockEdits.retext(simple, "LEAST_REQUEST")));
    balancer
        .field("warmupDurationSecs")
        .ifPresent(
            field ->
                pass.changeOrWarn(
                    field,
                    "write warmup: {duration: ...}",
                    balancer.field("warmup").isPresent()
                        ? BlockEdits.delete(field)
                        : nested(field, "warmup", "duration")));
    balancer
        .block("consistentHash")
        .flatMap(hash -> hash.field("minimumRingSize"))
        .ifPresent(field -> ringSize(field, pass));
  }

  private static void ringSize(Field field, Pass pass) {
    boolean nothing = field.scalar().filter("0"::equals).isPresent();
    pass.changeOrWarn(
        field,
        "write ringHash: {minimumRingSize: ...}",
        nothing ? BlockEdits.delete(field) : nested(field, "ringHash", "minimumRingSize"));
  }

  private static Optional<TextEdit> nested(Field field, String message, String name) {
    String token = field.owner().text().textOf(field.value());
    return BlockEdits.replace(
        field, List.of(new Line.Nested(message, List.of(new Line.Value(name, token)))));
  }
}
