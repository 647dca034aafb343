package io.librarymesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.HeaderFormat.Command;
import io.librarymesh.config.HeaderFormat.Literal;
import org.junit.jupiter.api.Test;

class HeaderFormatTest {
  private static final int WHOLE = Integer.MAX_VALUE;

  @Test
  void textAndCommandsAreToldApart() {
    assertThat(HeaderFormat.parse("").parts()).isEmpty();
    assertThat(HeaderFormat.parse("a b").parts()).containsExactly(new Literal("a b"));
    assertThat(HeaderFormat.parse("100%%").parts()).containsExactly(new Literal("100%"));
    assertThat(HeaderFormat.parse("%HOSTNAME%%%%REQ(x?y):7%!").parts())
        .containsExactly(
            new Command("HOSTNAME", "", WHOLE),
            new Literal("%"),
            new Command("REQ", "x?y", 7),
            new Literal("!"));
    assertThat(HeaderFormat.parse("%START_TIME(%Y/%m %H)%").parts())
        .containsExactly(new Command("START_TIME", "%Y/%m %H", WHOLE));
  }

  @Test
  void whatIsNotWellFormedIsRefused() {
    for (String text : new String[] {"50%", "%", "%REQ(x)", "%REQ(x%", "%req(x)%", "%REQ(x):a%"}) {
      assertThatThrownBy(() -> HeaderFormat.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(text + " (expected: %COMMAND%");
    }
    for (String text : new String[] {"%NONSENSE%", "%REQ%", "%RESP(?x)%"}) {
      assertThatThrownBy(() -> HeaderFormat.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("(expected: ");
    }
  }

  @Test
  void commandsWithoutValueAreNamed() {
    assertThat(
            HeaderFormat.parse("%REQ(x)% %DOWNSTREAM_LOCAL_PORT% %FILTER_STATE(a)%").withoutValue())
        .containsExactly("%DOWNSTREAM_LOCAL_PORT%", "%FILTER_STATE%");
  }

  @Test
  void noCommandHasAndHasNotAValue() {
    assertThat(HeaderFormat.COMMANDS).doesNotContainAnyElementsOf(HeaderFormat.WITHOUT_VALUE);
  }
}
