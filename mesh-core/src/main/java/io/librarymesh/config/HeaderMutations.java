package io.librarymesh.config;

import java.util.List;
import java.util.Locale;

/**
 * How the headers of one message are changed: what is removed first, then what is added. Source:
 * the fields {@code ..._headers_to_remove} and {@code ..._headers_to_add} of Envoy's {@code
 * route.v3}.
 *
 * @param remove names in lower case
 * @param add in order
 */
public record HeaderMutations(List<String> remove, List<Addition> add) {
  /** Changes nothing. */
  public static final HeaderMutations NONE = new HeaderMutations(List.of(), List.of());

  public HeaderMutations {
    remove = remove.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    add = List.copyOf(add);
  }

  /** Whether nothing is changed. */
  public boolean isEmpty() {
    return remove.isEmpty() && add.isEmpty();
  }

  /**
   * One header to add. Source: Envoy {@code core.v3.HeaderValueOption}.
   *
   * @param name in lower case
   * @param value may have commands such as {@code %REQ(x-id)%}; a percent sign is {@code %%}
   * @param keepEmptyValue whether the header is added when its value is empty
   */
  public record Addition(String name, String value, AppendAction action, boolean keepEmptyValue) {
    public Addition {
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of lines that are there. */
  public enum AppendAction {
    /** They stay, and another one is added. */
    APPEND_IF_EXISTS_OR_ADD,
    /** They stay, and nothing is added. */
    ADD_IF_ABSENT,
    /** They go. */
    OVERWRITE_IF_EXISTS_OR_ADD,
    /** They go; without any, nothing is added. */
    OVERWRITE_IF_EXISTS
  }
}
