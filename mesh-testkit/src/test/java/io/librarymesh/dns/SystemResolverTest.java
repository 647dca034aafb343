package io.librarymesh.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.dns.NameResolver.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemResolverTest {
  private record Heard(Answer answer, String thread) {}

  private static Heard resolve(String name) throws Exception {
    CompletableFuture<Heard> heard = new CompletableFuture<>();
    NameResolver.system()
        .resolve(
            name, answer -> heard.complete(new Heard(answer, Thread.currentThread().getName())));
    return heard.get(30, TimeUnit.SECONDS);
  }

  @Test
  void nameIsLookedUpOnAThreadOfItsOwn() throws Exception {
    Heard heard = resolve("localhost");

    assertThat(heard.thread()).isEqualTo("mesh-dns");
    Answer.Addresses found = (Answer.Addresses) heard.answer();
    assertThat(found.addresses()).contains("127.0.0.1");
    assertThat(found.ttlNanos()).isZero();
  }

  @Test
  void nameThatCannotBeOneFails() throws Exception {
    assertThat(resolve("a..b").answer()).isEqualTo(new Answer.Failure("unknown host"));
  }
}
