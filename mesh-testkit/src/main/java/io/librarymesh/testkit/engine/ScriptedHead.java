package io.librarymesh.testkit.engine;

import io.librarymesh.route.RequestHead;
import io.librarymesh.testkit.conformance.CallScript;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The request of a case as the engine reads it. */
final class ScriptedHead implements RequestHead {
  private final CallScript.Head head;

  ScriptedHead(CallScript.Head head) {
    this.head = head;
  }

  @Override
  public String method() {
    return head.method();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    return head.effectiveAuthority();
  }

  @Override
  public String path() {
    return head.path();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> lines = head.headers().get(name);
    return lines == null ? null : String.join(",", lines);
  }

  @Override
  public List<String> headerLines(String name) {
    return head.headers().getOrDefault(name, List.of());
  }
}
