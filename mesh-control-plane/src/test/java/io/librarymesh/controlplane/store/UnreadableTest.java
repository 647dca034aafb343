package io.librarymesh.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** No class of Java's reaches a reader. */
class UnreadableTest {
  @Test
  void permissionsSayWhoNeedsThem() {
    assertThat(Unreadable.why(new AccessDeniedException("mesh")))
        .isEqualTo("permission denied (expected: readable for the user of this process)");
  }

  @Test
  void theReasonOfTheSystemIsGivenWithoutThePath() {
    assertThat(Unreadable.why(new FileSystemException("mesh", null, "Too many levels of links")))
        .isEqualTo("Too many levels of links");
    assertThat(Unreadable.why(new NoSuchFileException("mesh"))).isEqualTo("it is not there");
  }

  @Test
  void otherFailuresSayWhatTheySay() {
    assertThat(Unreadable.why(new IOException("Input/output error")))
        .isEqualTo("Input/output error");
    assertThat(Unreadable.why(new IOException())).isEqualTo("IOException");
  }
}
