package io.librarymesh.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl dump}: what a client was sent. */
@Command(
    name = "dump",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what a client was sent by a control plane: each resource with its version, the one that the client accepted"
          + " last, and, as YAML or JSON, its content with the names of Envoy's fields. Of what there is nothing, why."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl dump greeter-v1",
      "  meshctl dump greeter-v1 --type route -o yaml",
      "  meshctl dump greeter-v1 --server http://10.0.0.1:15014 -o json"
    })
final class DumpCommand implements Callable<Integer> {
  @Mixin AdminClient admin = new AdminClient();

  @Parameters(
      paramLabel = "CLIENT",
      description = "A client's node id, or a piece of one that no other client has.")
  String client = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Only resources of this type: ${COMPLETION-CANDIDATES}.")
  @Nullable Type type;

  @Mixin OutputOptions output = new OutputOptions();

  /** Types of resources. */
  enum Type {
    cluster,
    listener,
    route,
    endpoint
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> query = type == null ? Map.of() : Map.of("type", type.name());
    JsonObject dump =
        admin.get(List.of("debug", "clients", client, "config_dump"), query, "configs");
    output.print(() -> AnswerText.dump(dump), () -> dump);
    return 0;
  }
}
