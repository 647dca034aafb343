package io.librarymesh.cli.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;

/** The demonstration from raising the stage to taking it down. */
public final class Demo {
  private static final int WHAT_WIDTH = 36;
  private static final int VALUE_WIDTH = 28;

  private final PrintStream out;
  private final Optional<Function<Object, String>> document;
  private final boolean keep;

  /**
   * A demonstration.
   *
   * @param document how one document is printed at the end; empty for text on the way
   * @param keep whether everything stays up until the process is interrupted
   */
  public Demo(PrintStream out, Optional<Function<Object, String>> document, boolean keep) {
    this.out = out;
    this.document = document;
    this.keep = keep;
  }

  /**
   * Runs it.
   *
   * @return whether everything that was measured agreed with what was expected
   */
  public boolean run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("meshctl-demo");
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> deleteQuietly(directory), "demo-cleaning"));
    say("Starting a control plane, three greeters and a helloweb, each in a JVM of its own.");
    try (LiveStage stage = LiveStage.start(directory)) {
      say(stage.describe());
      List<Chapter> chapters = Chapters.all();
      List<Script.Scene> scenes =
          new Script(stage, scene -> show(scene, chapters.size())).play(chapters);
      boolean ok = scenes.stream().allMatch(Script.Scene::ok);
      conclude(stage, scenes, ok);
      if (keep) {
        stay(stage);
      }
      return ok;
    } finally {
      deleteQuietly(directory);
    }
  }

  private void show(Script.Scene scene, int of) {
    if (document.isPresent()) {
      return;
    }
    out.printf("%n== %d/%d  %s%n%n", scene.number(), of, scene.chapter().title());
    yaml(scene.chapter().yaml());
    out.printf(
        "%n    the first call by this rule began %d ms after the file was written%n%n",
        scene.inForceMillis());
    scene.chapter().edit().ifPresent(this::edited);
    table(scene.checks());
    out.flush();
  }

  private void table(List<Check> checks) {
    String row =
        "    %-"
            + width(checks, Check::what, WHAT_WIDTH)
            + "s %-"
            + width(checks, Check::expected, VALUE_WIDTH)
            + "s %-"
            + width(checks, Check::measured, VALUE_WIDTH)
            + "s %s";
    out.println(String.format(row, "", "expected", "measured", "").stripTrailing());
    for (Check check : checks) {
      out.println(
          String.format(
              row, check.what(), check.expected(), check.measured(), check.ok() ? "ok" : "WRONG"));
    }
  }

  private static int width(List<Check> checks, Function<Check, String> text, int atLeast) {
    return Math.max(atLeast, checks.stream().map(text).mapToInt(String::length).max().orElse(0));
  }

  private void edited(String yaml) {
    out.printf("    and while calls run, the file becomes:%n%n");
    yaml(yaml);
    out.println();
  }

  private void yaml(String yaml) {
    yaml.lines().forEach(line -> out.println("    " + line));
  }

  private void conclude(LiveStage stage, List<Script.Scene> scenes, boolean ok) {
    if (document.isPresent()) {
      Map<String, Object> content = new LinkedHashMap<>();
      content.put("ok", ok);
      content.put("chapters", scenes.stream().map(Script.Scene::toJson).toList());
      if (keep) {
        content.put("running", stage.addresses());
      }
      out.print(document.get().apply(content));
      out.flush();
      return;
    }
    long wrong = scenes.stream().filter(scene -> !scene.ok()).count();
    out.printf(
        "%n%s%n",
        ok
            ? "All " + scenes.size() + " chapters came out as expected."
            : wrong + " of " + scenes.size() + " chapters came out otherwise; see WRONG above.");
    out.flush();
  }

  private void stay(LiveStage stage) throws InterruptedException {
    say("");
    say("Everything stays up; edit the YAML and watch. Ctrl-C ends it.");
    say(stage.describe());
    new CountDownLatch(1).await();
  }

  private void say(String text) {
    if (document.isEmpty()) {
      out.println(text);
      out.flush();
    }
  }

  /** Also when the process is interrupted, and then perhaps for the second time. */
  private static void deleteQuietly(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException gone) {
      return;
    } catch (IOException e) {
      System.err.println("cannot remove " + directory + ": " + e.getMessage());
    }
  }
}
