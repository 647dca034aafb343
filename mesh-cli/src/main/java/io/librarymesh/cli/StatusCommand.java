package io.librarymesh.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code meshctl status}: the clients of a control plane, and how far they are. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the clients of a control plane: for each type (clusters, listeners, endpoints, routes) whether they have"
          + " accepted what is in force, what they refused and why, and what is configured that they leave undone.",
      "",
      "  SYNCED    accepted everything in force",
      "  STALE     was sent something that it has not answered yet, or is about to be sent it",
      "  NACK      refused what it was sent last, and goes on with what it had",
      "  NOT SENT  asked, and was sent nothing: there is nothing, or its turn has not come",
      "  IGNORED   never asked"
    },
    footer = {
      "",
      "Examples:",
      "  meshctl status",
      "  meshctl status --server http://10.0.0.7:15014 --token-file ./token",
      "  meshctl status -o json"
    })
final class StatusCommand implements Callable<Integer> {
  @Mixin AdminClient admin = new AdminClient();

  @Mixin OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws IOException {
    JsonObject status = admin.get(List.of("debug", "clients"), Map.of(), "clients");
    output.print(() -> AnswerText.status(status, admin.server), () -> status);
    return 0;
  }
}
