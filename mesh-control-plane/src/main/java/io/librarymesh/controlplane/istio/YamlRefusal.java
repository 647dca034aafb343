package io.librarymesh.controlplane.istio;

/**
 * Says why the rest of a text cannot be read; a value that travels by throwing, without a stack.
 */
final class YamlRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  YamlRefusal(int line, int column, String message) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
