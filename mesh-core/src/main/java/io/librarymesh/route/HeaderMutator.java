package io.librarymesh.route;

import io.librarymesh.config.HeaderMutations;
import io.librarymesh.config.HeaderMutations.Addition;
import io.librarymesh.config.HeaderMutations.AppendAction;
import java.util.ArrayList;
import java.util.List;

/**
 * A compiled {@link HeaderMutations}: the header operations of one level.
 *
 * <p>Removals come first. Then all values are evaluated against what is left, before any of them is
 * written; then those that overwrite are written, and last those that append. Source: Envoy {@code
 * HeaderParser}.
 */
final class HeaderMutator {
  private final String[] removals;
  private final Addition[] additions;
  private final ValueFormat[] values;

  private HeaderMutator(HeaderMutations mutations, List<ValueFormat> values) {
    this.removals = mutations.remove().toArray(String[]::new);
    this.additions = mutations.add().toArray(Addition[]::new);
    this.values = values.toArray(ValueFormat[]::new);
  }

  /**
   * Compiles the operations of one level.
   *
   * @param at the path of the operations
   * @param errors gets what is wrong; if anything is, the result must not be used
   */
  static HeaderMutator compile(HeaderMutations mutations, String at, ConfigErrors errors) {
    List<ValueFormat> values = new ArrayList<>();
    for (int i = 0; i < mutations.add().size(); i++) {
      Addition addition = mutations.add().get(i);
      errors.collect(
          at + ".add[" + i + "]",
          () -> {
            requireMutable(addition.name());
            values.add(ValueFormat.compile(addition.value()));
          });
    }
    for (int i = 0; i < mutations.remove().size(); i++) {
      String name = mutations.remove().get(i);
      errors.collect(at + ".remove[" + i + "]", () -> requireMutable(name));
    }
    return new HeaderMutator(mutations, values);
  }

  private static void requireMutable(String name) {
    if (name.isEmpty() || name.startsWith(":") || name.equals("host")) {
      throw new IllegalArgumentException(
          "\"" + name + "\" (expected: a header other than Host and pseudo headers)");
    }
  }

  /**
   * Changes headers.
   *
   * @param context has the request and the response as they are before this
   */
  void apply(HeaderChanges headers, FormatContext context) {
    for (String name : removals) {
      headers.remove(name);
    }
    if (additions.length == 0) {
      return;
    }
    String[] evaluated = new String[additions.length];
    boolean[] written = new boolean[additions.length];
    for (int i = 0; i < additions.length; i++) {
      evaluated[i] = values[i].evaluate(context);
      written[i] = isWritten(additions[i], evaluated[i], headers);
    }
    for (int i = 0; i < additions.length; i++) {
      if (written[i] && overwrites(additions[i].action())) {
        headers.set(additions[i].name(), evaluated[i]);
      }
    }
    for (int i = 0; i < additions.length; i++) {
      if (written[i] && !overwrites(additions[i].action())) {
        headers.add(additions[i].name(), evaluated[i]);
      }
    }
  }

  private static boolean isWritten(Addition addition, String value, HeaderChanges headers) {
    if (value.isEmpty() && !addition.keepEmptyValue()) {
      return false;
    }
    return switch (addition.action()) {
      case APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD -> true;
      case ADD_IF_ABSENT -> headers.header(addition.name()) == null;
      case OVERWRITE_IF_EXISTS -> headers.header(addition.name()) != null;
    };
  }

  private static boolean overwrites(AppendAction action) {
    return action == AppendAction.OVERWRITE_IF_EXISTS_OR_ADD
        || action == AppendAction.OVERWRITE_IF_EXISTS;
  }
}
