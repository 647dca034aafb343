package io.librarymesh.testkit.engine;

import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.testkit.conformance.Answer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer of a case as the engine reads it. */
record ScriptedResponse(Answer.Respond answer) implements ResponseHead {
  @Override
  public int status() {
    return answer.status();
  }

  @Override
  public @Nullable String header(String name) {
    return answer.headers().get(name);
  }

  Map<String, List<String>> lines() {
    Map<String, List<String>> lines = new HashMap<>();
    answer.headers().forEach((name, value) -> lines.put(name, List.of(value)));
    return lines;
  }
}
