package io.librarymesh.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meshctl completion}: what makes a shell complete commands, options and their values. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a script that makes a shell complete commands, options and their values."
    },
    footer = {
      "",
      "Examples:",
      "  source <(meshctl completion bash)                            # this shell",
      "  meshctl completion bash > ~/.local/share/bash-completion/completions/meshctl",
      "  source <(meshctl completion zsh)                             # in ~/.zshrc, after compinit"
    })
final class CompletionCommand implements Callable<Integer> {
  /** Shells that completions can be printed for. */
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
  Shell shell = Shell.bash;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    // Zsh runs what is made for bash; the script itself turns that on.
    System.out.println(AutoComplete.bash("meshctl", spec.root().commandLine()));
    return 0;
  }
}
