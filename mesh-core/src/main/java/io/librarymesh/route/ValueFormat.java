package io.librarymesh.route;

import io.librarymesh.config.HeaderFormat;
import java.util.ArrayList;
import java.util.List;

/** The compiled value of a header; {@link HeaderFormat} has its form. */
final class ValueFormat {
  private final FormatCommand[] parts;
  private final String constant;
  private final boolean isConstant;

  private ValueFormat(List<FormatCommand> parts) {
    this.parts = parts.toArray(FormatCommand[]::new);
    boolean allLiteral = true;
    StringBuilder text = new StringBuilder();
    for (FormatCommand part : parts) {
      if (part instanceof FormatCommand.Literal literal) {
        text.append(literal.text());
      } else {
        allLiteral = false;
      }
    }
    this.constant = text.toString();
    this.isConstant = allLiteral;
  }

  /**
   * Compiles a value.
   *
   * @throws IllegalArgumentException when it is not well-formed
   */
  static ValueFormat compile(String text) {
    List<FormatCommand> parts = new ArrayList<>();
    for (HeaderFormat.Part part : HeaderFormat.parse(text).parts()) {
      if (part instanceof HeaderFormat.Literal literal) {
        parts.add(new FormatCommand.Literal(literal.text()));
      } else if (part instanceof HeaderFormat.Command command) {
        parts.add(FormatCommand.of(command));
      }
    }
    return new ValueFormat(parts);
  }

  /** The value for a message; empty where its commands have none. */
  String evaluate(FormatContext context) {
    if (isConstant) {
      return constant;
    }
    StringBuilder value = new StringBuilder();
    for (FormatCommand part : parts) {
      part.append(value, context);
    }
    return value.toString();
  }
}
