package io.librarymesh.xds;

import io.librarymesh.config.HeaderFormat;
import io.librarymesh.config.HeaderMutations;
import io.librarymesh.config.HeaderMutations.Addition;
import io.librarymesh.config.HeaderMutations.AppendAction;
import io.librarymesh.config.HeaderOperations;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValue;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValueOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads how headers are changed. Source: Envoy {@code core.v3.HeaderValueOption} and the lists of
 * them in {@code route.v3}.
 */
final class HeaderReader {
  private HeaderReader() {}

  /** The operations of what stands at {@code at}, of which the lists are the fields. */
  static HeaderOperations operations(
      List<HeaderValueOption> requestAdd,
      List<String> requestRemove,
      List<HeaderValueOption> responseAdd,
      List<String> responseRemove,
      FieldPath at,
      Findings findings) {
    return new HeaderOperations(
        mutations("request", requestAdd, requestRemove, at, findings),
        mutations("response", responseAdd, responseRemove, at, findings));
  }

  private static HeaderMutations mutations(
      String direction,
      List<HeaderValueOption> add,
      List<String> remove,
      FieldPath at,
      Findings findings) {
    if (add.isEmpty() && remove.isEmpty()) {
      return HeaderMutations.NONE;
    }
    for (int i = 0; i < remove.size(); i++) {
      requireMutable(remove.get(i), at.element(direction + "_headers_to_remove", i), findings);
    }
    List<Addition> additions = new ArrayList<>();
    for (int i = 0; i < add.size(); i++) {
      additions.add(addition(add.get(i), at.element(direction + "_headers_to_add", i), findings));
    }
    return new HeaderMutations(remove, additions);
  }

  private static Addition addition(HeaderValueOption option, FieldPath at, Findings findings) {
    HeaderValue header = option.getHeader();
    requireMutable(header.getKey(), at.field("header").field("key"), findings);
    String value =
        header.getRawValue().isEmpty() ? header.getValue() : header.getRawValue().toStringUtf8();
    try {
      for (String command : HeaderFormat.parse(value).withoutValue()) {
        findings.warn(at.field("header").field("value"), command + " has no value in a client");
      }
    } catch (IllegalArgumentException e) {
      findings.error(at.field("header").field("value"), String.valueOf(e.getMessage()));
    }
    return new Addition(
        header.getKey(), value, action(option, at, findings), option.getKeepEmptyValue());
  }

  private static void requireMutable(String name, FieldPath at, Findings findings) {
    if (name.isEmpty() || name.startsWith(":") || name.toLowerCase(Locale.ROOT).equals("host")) {
      findings.error(at, name + " (expected: a header other than Host and pseudo headers)");
    }
  }

  @SuppressWarnings("deprecation") // append is what older control planes write
  private static AppendAction action(HeaderValueOption option, FieldPath at, Findings findings) {
    boolean silent =
        option.getAppendAction() == HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD;
    if (option.hasAppend()) {
      if (!silent) {
        findings.error(at.field("append"), "together with append_action (expected: one of them)");
      }
      return option.getAppend().getValue()
          ? AppendAction.APPEND_IF_EXISTS_OR_ADD
          : AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
    }
    return switch (option.getAppendAction()) {
      case APPEND_IF_EXISTS_OR_ADD -> AppendAction.APPEND_IF_EXISTS_OR_ADD;
      case ADD_IF_ABSENT -> AppendAction.ADD_IF_ABSENT;
      case OVERWRITE_IF_EXISTS_OR_ADD -> AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
      case OVERWRITE_IF_EXISTS -> AppendAction.OVERWRITE_IF_EXISTS;
      case UNRECOGNIZED -> {
        findings.error(
            at.field("append_action"),
            option.getAppendActionValue() + " (expected: an action of HeaderAppendAction)");
        yield AppendAction.APPEND_IF_EXISTS_OR_ADD;
      }
    };
  }
}
