package io.librarymesh.cli.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Plays chapters on a stage and keeps what came of them. */
final class Script {
  private final Stage stage;
  private final Consumer<Scene> audience;

  /**
   * @param audience is shown each scene when it has been played
   */
  Script(Stage stage, Consumer<Scene> audience) {
    this.stage = stage;
    this.audience = audience;
  }

  /**
   * A chapter that has been played.
   *
   * @param number from 1
   * @param inForceMillis from the edit of the file until the first call began that took the rule
   * @param tookMillis the play alone
   */
  record Scene(
      int number, Chapter chapter, long inForceMillis, long tookMillis, List<Check> checks) {
    boolean ok() {
      return checks.stream().allMatch(Check::ok);
    }

    Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("chapter", number);
      json.put("title", chapter.title());
      json.put("ok", ok());
      json.put("in_force_ms", inForceMillis);
      json.put("took_ms", tookMillis);
      json.put("checks", checks);
      json.put("yaml", chapter.yaml());
      chapter.edit().ifPresent(edit -> json.put("edit", edit));
      return json;
    }
  }

  List<Scene> play(List<Chapter> chapters) throws IOException, InterruptedException {
    List<Scene> scenes = new ArrayList<>();
    for (Chapter chapter : chapters) {
      long written = stage.write(chapter.yaml());
      long inForce = stage.awaitInForce(chapter.sign());
      long begun = System.nanoTime();
      List<Check> checks = chapter.play().on(stage);
      Scene scene =
          new Scene(
              scenes.size() + 1,
              chapter,
              TimeUnit.NANOSECONDS.toMillis(inForce - written),
              TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
              checks);
      scenes.add(scene);
      audience.accept(scene);
    }
    return scenes;
  }
}
