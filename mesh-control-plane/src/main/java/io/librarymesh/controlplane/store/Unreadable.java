package io.librarymesh.controlplane.store;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong with a file, in words that say what can be done about it. */
final class Unreadable {
  private Unreadable() {}

  /** Such as {@code permission denied (expected: readable for the user of this process)}. */
  static String why(Exception failure) {
    if (failure instanceof AccessDeniedException || failure instanceof SecurityException) {
      return "permission denied (expected: readable for the user of this process)";
    } else if (failure instanceof NoSuchFileException) {
      return "it is not there";
    } else if (failure instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
