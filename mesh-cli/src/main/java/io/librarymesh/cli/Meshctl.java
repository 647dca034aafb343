package io.librarymesh.cli;

import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line of the mesh. */
@Command(
    name = "meshctl",
    mixinStandardHelpOptions = true,
    versionProvider = Meshctl.Version.class,
    description =
        "The service mesh as a library: serve, validate, try out and look into its configuration.",
    subcommands = {
      ServeCommand.class,
      ValidateCommand.class,
      AnalyzeCommand.class,
      ConvertCommand.class,
      IdentityCommand.class,
      CaCommand.class,
      AuthzCommand.class,
      CallCommand.class,
      ExplainCommand.class,
      StatusCommand.class,
      DumpCommand.class,
      EchoCommand.class,
      DemoCommand.class,
      CompletionCommand.class
    })
public final class Meshctl {
  /** Held, since the JDK forgets the level of a logger that nobody holds. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  /** What it says of a connection that fails, with a stack trace each time, the mesh says too. */
  private static final Logger CHANNELS = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

  /** Exit codes: 0 done, 1 found wanting or failed, 2 wrong usage. */
  public static void main(String[] args) {
    GRPC.setLevel(Level.WARNING);
    CHANNELS.setLevel(Level.OFF);
    System.exit(run(args));
  }

  static int run(String... args) {
    CommandLine commandLine =
        new CommandLine(new Meshctl())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(Meshctl::misused)
            .setExecutionExceptionHandler(Meshctl::report);
    if (args.length == 0) {
      commandLine.usage(System.out);
      return 2;
    }
    return commandLine.execute(args);
  }

  /** What is wrong, and where to read on; the whole help would push it off the screen. */
  private static int misused(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + UsageText.of(e));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
    command.getErr().println("Try '" + name + " --help'.");
    return 2;
  }

  private static int report(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (e instanceof Options.UsageException) {
      err.println("meshctl " + command.getCommandName() + ": " + e.getMessage());
      err.println("Try 'meshctl " + command.getCommandName() + " --help'.");
      return 2;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return 130;
    }
    err.println("meshctl " + command.getCommandName() + ": " + describe(e));
    return 1;
  }

  /** The message alone when it says enough, the kind of failure before it when it may not. */
  private static String describe(Exception e) {
    String message = e.getMessage();
    if (message == null || message.isBlank() || !message.contains(" ")) {
      return e.toString();
    }
    Throwable cause = e.getCause();
    String reason = cause == null ? null : cause.getMessage();
    return reason == null || message.contains(reason) ? message : message + ": " + reason;
  }

  /** From the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Meshctl.class.getPackage().getImplementationVersion();
      return new String[] {"meshctl " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
