package io.librarymesh.cli.demo;

import io.librarymesh.cli.demo.Load.Answer;
import java.util.List;
import java.util.function.Predicate;

/** The answers to a load, to be counted. */
record Answers(List<Answer> all) {
  Answers {
    all = List.copyOf(all);
  }

  int size() {
    return all.size();
  }

  int count(Predicate<Answer> test) {
    return (int) all.stream().filter(test).count();
  }

  int ofVersion(String version) {
    return count(answer -> answer.version().equals(version));
  }

  int ofStatus(int status) {
    return count(answer -> answer.status() == status);
  }

  long slowestMillis() {
    return all.stream().mapToLong(Answer::tookMillis).max().orElse(0);
  }

  long fastestMillis() {
    return all.stream().mapToLong(Answer::tookMillis).min().orElse(0);
  }
}
