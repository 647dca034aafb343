package io.librarymesh.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in the words that other messages have. */
final class UsageText {
  private UsageText() {}

  static String of(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    return String.valueOf(e.getMessage())
        .replace("option option", "option")
        .replaceFirst(
            "Invalid value for option '([^']*)'[^:]*: '(.*)' is not an? (int|long)$",
            "$1: '$2' (expected: a whole number)")
        .replaceFirst(
            "Value for option '([^']*)' \\([^)]*\\) should be in (\\S+) format but was (.*)$",
            "$1: '$3' (expected: $2)");
  }

  private static String unmatched(UnmatchedArgumentException e) {
    List<String> unmatched = e.getUnmatched();
    CommandLine command = e.getCommandLine();
    if (!unmatched.isEmpty() && e.isUnknownOption()) {
      return "unknown option: '" + unmatched.get(0) + "'";
    }
    if (!unmatched.isEmpty() && !command.getSubcommands().isEmpty()) {
      return "'"
          + unmatched.get(0)
          + "' (expected a command: "
          + String.join(", ", command.getSubcommands().keySet())
          + ")";
    }
    return String.valueOf(e.getMessage());
  }
}
