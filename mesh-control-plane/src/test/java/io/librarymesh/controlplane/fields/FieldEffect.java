package io.librarymesh.controlplane.fields;

import java.util.List;

/**
 * What becomes of one field.
 *
 * @param carriedOut whether something else is served with it, or with another value in it
 * @param required whether there is an error without it
 * @param said what findings say of it, each once
 * @param refused whether these are errors
 */
record FieldEffect(boolean carriedOut, boolean required, List<String> said, boolean refused) {

  static final FieldEffect NONE = new FieldEffect(false, false, List.of(), false);

  /** Whether nobody would notice that the field is there. */
  boolean isSilent() {
    return !carriedOut && said.isEmpty();
  }

  /** Whether no other case can add to what is known. */
  boolean isWhole() {
    return carriedOut && !said.isEmpty();
  }

  /** The effects of two places or documents that have the field. */
  FieldEffect and(FieldEffect other) {
    return new FieldEffect(
        carriedOut || other.carriedOut,
        required || other.required,
        said.isEmpty() ? other.said : said,
        refused || other.refused);
  }
}
