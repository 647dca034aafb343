package io.librarymesh.cli;

import java.io.PrintStream;
import picocli.CommandLine;

/**
 * A progress bar on a terminal, and silence anywhere else. Confined to the thread that draws it.
 */
final class Progress {
  private static final int WIDTH = 30;
  private final PrintStream out;
  private final boolean terminal;

  private Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** On standard error, so that output can be piped. */
  static Progress onTerminal() {
    return new Progress(System.err, CommandLine.Help.Ansi.AUTO.enabled());
  }

  void show(String what, long done, long total) {
    if (terminal && total > 0) {
      int filled = (int) (WIDTH * done / total);
      String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
      out.printf("\r%s [%s] %d/%d", what, bar, done, total);
      out.flush();
    }
  }

  void clear() {
    if (terminal) {
      out.print("\r\033[K");
      out.flush();
    }
  }
}
