package io.librarymesh.cli.demo;

import io.librarymesh.cli.demo.Load.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The workshop, lesson by lesson. */
final class Chapters {
  private static final Map<String, String> NO_HEADERS = Map.of();

  private Chapters() {}

  static List<Chapter> all() {
    List<Chapter> all = new ArrayList<>(traffic());
    all.addAll(SecurityChapters.all());
    return all;
  }

  private static List<Chapter> traffic() {
    return List.of(
        new Chapter(
            "All to v1", "all-to-v1", Rules.ALL_TO_V1, stage -> split(stage, 500, 100, 0, 0)),
        new Chapter(
            "98 / 2", "split-98-2-0", Rules.split(98, 2, 0), stage -> split(stage, 3000, 98, 2, 0)),
        new Chapter(
            "70 / 30",
            "split-70-30-0",
            Rules.split(70, 30, 0),
            stage -> split(stage, 1000, 70, 30, 0)),
        new Chapter(
            "Three versions, 50 / 40 / 10",
            "split-50-40-10",
            Rules.split(50, 40, 10),
            stage -> split(stage, 1000, 50, 40, 10)),
        new Chapter(
            "Firefox to v2, x-user: alpha to v3",
            "everybody-else",
            Rules.BY_HEADER,
            Chapters::byHeader),
        new Chapter(
            "A timeout of 300 ms on a slow version", "timeout", Rules.TIMEOUT, Chapters::timeout),
        new Chapter(
            "A failing version, without retries",
            "no-retries",
            Rules.NO_RETRIES,
            Chapters::failing),
        new Chapter("The same, with retries", "retries", Rules.RETRIES, Chapters::retries),
        new Chapter("Outlier ejection and return", "outliers", Rules.OUTLIERS, Chapters::outliers),
        new Chapter("A delay of 2 s for half", "delay", Rules.DELAY, Chapters::delay),
        new Chapter("A 501 for 70 %", "abort", Rules.ABORT, Chapters::abort),
        new Chapter(
            "Editing the YAML while calls run",
            Sign.route("all-to-v1"),
            Rules.ALL_TO_V1,
            Optional.of(Rules.ALL_TO_V3),
            Chapters::edit));
  }

  private static List<Check> split(Stage stage, int requests, int v1, int v2, int v3)
      throws IOException, InterruptedException {
    Answers answers = stage.load().send(requests, 8, NO_HEADERS);
    List<Check> checks = new ArrayList<>();
    checks.add(Check.share("to v1", v1 / 100.0, answers.ofVersion("v1"), requests));
    checks.add(Check.share("to v2", v2 / 100.0, answers.ofVersion("v2"), requests));
    checks.add(Check.share("to v3", v3 / 100.0, answers.ofVersion("v3"), requests));
    checks.add(Check.exactly("answered 200", requests, answers.ofStatus(200)));
    return checks;
  }

  private static List<Check> byHeader(Stage stage) throws IOException, InterruptedException {
    String firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    return List.of(
        Check.exactly(
            "Firefox, to v2",
            200,
            stage.load().send(200, 4, Map.of("user-agent", firefox)).ofVersion("v2")),
        Check.exactly(
            "x-user: alpha, to v3",
            200,
            stage.load().send(200, 4, Map.of("x-user", "alpha")).ofVersion("v3")),
        Check.exactly(
            "everybody else, to v1", 200, stage.load().send(200, 4, NO_HEADERS).ofVersion("v1")));
  }

  private static List<Check> timeout(Stage stage) throws IOException, InterruptedException {
    stage.behave("v2", "delay=1500");
    Answers answers = stage.load().send(20, 10, NO_HEADERS);
    stage.behave("v2", "");
    return List.of(
        Check.exactly("answered 504", 20, answers.ofStatus(504)),
        Check.exactly("flagged UT", 20, answers.count(answer -> answer.flagged("UT"))),
        Check.between("fastest", 300, 1200, answers.fastestMillis(), "ms"),
        Check.between("slowest", 300, 1400, answers.slowestMillis(), "ms"));
  }

  private static List<Check> failing(Stage stage) throws IOException, InterruptedException {
    stage.behave("v2", "fail=100&status=503");
    Answers answers = stage.load().send(300, 1, NO_HEADERS);
    int failed = answers.ofStatus(503);
    return List.of(Check.share("failed, one version of three", 1 / 3.0, failed, 300));
  }

  private static List<Check> retries(Stage stage) throws IOException, InterruptedException {
    // A third needs a retry. The budget of retries has ten a second for a service this quiet.
    Answers answers = stage.load().sendEvery(Duration.ofMillis(85), 60, NO_HEADERS);
    stage.behave("v2", "");
    return List.of(
        Check.exactly("answered 200", 60, answers.ofStatus(200)),
        Check.exactly("answered by v2", 0, answers.ofVersion("v2")));
  }

  private static List<Check> outliers(Stage stage) throws IOException, InterruptedException {
    stage.behave("v2", "fail=100&status=500");
    // Enough for three failures, and over long before the ejection is.
    Answers failing = stage.load().send(80, 1, NO_HEADERS);
    long ejected = lastFailure(failing);
    stage.behave("v2", "");
    long returned = -1;
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    int early = 0;
    while (returned < 0 && System.nanoTime() < giveUp) {
      Answer answer = stage.load().sendOne(NO_HEADERS);
      if (answer.version().equals("v2")) {
        returned = TimeUnit.NANOSECONDS.toMillis(answer.atNanos() - ejected);
      } else if (answer.status() != 200) {
        early++;
      }
    }
    return List.of(
        Check.exactly("failures until v2 was ejected", 3, failing.ofStatus(500)),
        Check.exactly("failures after that", 0, early),
        // 3 s, then the next sweep, at most an interval later; and some slack for a busy machine.
        Check.between("v2 came back after", 2900, 6000, returned, "ms"));
  }

  private static long lastFailure(Answers answers) {
    return answers.all().stream()
        .filter(answer -> answer.status() == 500)
        .mapToLong(Answer::atNanos)
        .max()
        .orElse(System.nanoTime());
  }

  private static List<Check> delay(Stage stage) throws IOException, InterruptedException {
    Answers answers = stage.load().send(80, 80, NO_HEADERS);
    int delayed = answers.count(answer -> answer.tookMillis() >= 2000);
    return List.of(
        Check.share("took 2 s or more", 0.5, delayed, 80),
        Check.exactly("flagged DI", delayed, answers.count(answer -> answer.flagged("DI"))),
        Check.exactly("answered 200", 80, answers.ofStatus(200)));
  }

  private static List<Check> abort(Stage stage) throws IOException, InterruptedException {
    Answers answers = stage.load().send(1000, 8, NO_HEADERS);
    int aborted = answers.ofStatus(501);
    return List.of(
        Check.share("answered 501", 0.7, aborted, 1000),
        Check.exactly("flagged FI", aborted, answers.count(answer -> answer.flagged("FI"))),
        Check.exactly("answered 200", 1000 - aborted, answers.ofStatus(200)));
  }

  private static List<Check> edit(Stage stage) throws IOException, InterruptedException {
    AtomicBoolean running = new AtomicBoolean(true);
    Future<Answers> calls = stage.load().threads().submit(() -> sendWhile(stage.load(), running));
    stage.load().send(100, 1, NO_HEADERS);
    long written = stage.write(Rules.ALL_TO_V3);
    stage.load().send(300, 1, NO_HEADERS);
    stage.awaitInForce(Sign.route("all-to-v3"));
    stage.load().send(100, 1, NO_HEADERS);
    running.set(false);
    Answers answers = Load.result(calls);
    long lastOld =
        answers.all().stream()
            .filter(answer -> answer.version().equals("v1"))
            .mapToLong(Answer::atNanos)
            .max()
            .orElse(written);
    long millis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(lastOld - written));
    int failed = answers.size() - answers.ofStatus(200);
    return List.of(
        Check.exactly("calls that failed, of " + answers.size(), 0, failed),
        Check.between("last answer of v1 after the edit", 0, 1000, millis, "ms"),
        Check.exactly(
            "answered by v3 in the end",
            1,
            answers.all().get(answers.size() - 1).version().equals("v3") ? 1 : 0));
  }

  private static Answers sendWhile(Load load, AtomicBoolean running) throws IOException {
    List<Answer> answers = new ArrayList<>();
    while (running.get()) {
      answers.add(load.sendOne(NO_HEADERS));
    }
    return new Answers(answers);
  }
}
