package io.librarymesh.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demonstration itself, with its processes, as a newcomer runs it. */
class DemoTest {
  @Test
  @Timeout(120)
  void everyChapterComesOutAsExpectedAndNoProcessIsLeft() throws Exception {
    List<Long> before = children();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    boolean ok =
        new Demo(
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                Optional.of(new Gson()::toJson),
                false)
            .run();

    String report = bytes.toString(StandardCharsets.UTF_8);
    JsonObject document = JsonParser.parseString(report).getAsJsonObject();
    assertThat(ok).as(report).isTrue();
    assertThat(document.get("ok").getAsBoolean()).isTrue();
    assertThat(document.getAsJsonArray("chapters")).hasSize(Chapters.all().size());
    assertThat(children()).isEqualTo(before);
  }

  private static List<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).toList();
  }
}
