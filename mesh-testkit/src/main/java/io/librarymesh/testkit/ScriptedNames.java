package io.librarymesh.testkit;

import io.librarymesh.dns.NameResolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A resolver that answers what a test says, on the calling thread. Lookups of names of which
 * nothing was said wait until something is. Confined to the test's thread.
 */
public final class ScriptedNames implements NameResolver {
  private final Map<String, Answer> answers = new HashMap<>();
  private final Map<String, List<Consumer<Answer>>> waiting = new HashMap<>();
  private final List<String> asked = new ArrayList<>();

  /** From now on, and for lookups that wait, {@code name} has this answer. */
  public void answer(String name, Answer answer) {
    answers.put(name, answer);
    List<Consumer<Answer>> lookups = waiting.remove(name);
    if (lookups != null) {
      lookups.forEach(lookup -> lookup.accept(answer));
    }
  }

  /** The names of all lookups so far, in order. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public void resolve(String name, Consumer<Answer> to) {
    asked.add(name);
    Answer answer = answers.get(name);
    if (answer == null) {
      waiting.computeIfAbsent(name, key -> new ArrayList<>()).add(to);
    } else {
      to.accept(answer);
    }
  }
}
