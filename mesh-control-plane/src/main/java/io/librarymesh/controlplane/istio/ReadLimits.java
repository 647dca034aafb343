package io.librarymesh.controlplane.istio;

/**
 * How much one file may ask of the reader. Beyond any of these the whole file is refused with a
 * finding that names the limit; the time and the memory of a refusal stay small.
 *
 * @param maxBytes size of the file in UTF-8
 * @param maxLineLength characters of one line; scanning a line takes time in its length squared
 * @param maxValueLength characters of one value as they stand in the file, those before it
 *     included; an escape counts for ten
 * @param maxDepth levels of nesting
 * @param maxValues scalars, lists and mappings, and also lines and commas, since most of them part
 *     values and are counted in no time
 * @param maxAliasedValues values that aliases repeat, in all
 * @param maxFindings findings of one file; the rest is counted in a last one
 */
public record ReadLimits(
    int maxBytes,
    int maxLineLength,
    int maxValueLength,
    int maxDepth,
    int maxValues,
    int maxAliasedValues,
    int maxFindings) {

  /**
   * 8 MiB, 128 Ki characters a line and 1.5 Mi a value, 100 levels, 300,000 values, 10,000 aliased,
   * 500 findings. The longest value of all resources is the body of a direct response: 1 MiB, a
   * third more in Base64.
   */
  public static final ReadLimits DEFAULT =
      new ReadLimits(8 << 20, 128 << 10, 3 << 19, 100, 300_000, 10_000, 500);
}
