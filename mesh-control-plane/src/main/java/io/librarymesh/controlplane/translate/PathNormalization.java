package io.librarymesh.controlplane.translate;

/**
 * How paths are brought into one form before rules see them; Istio's {@code
 * MeshConfig.pathNormalization}. Each does what those before it do.
 */
public enum PathNormalization {
  /** Paths stay as they are. */
  NONE,
  /** Dot segments are resolved, backslashes and escapes of unreserved characters replaced. */
  BASE,
  /** Adjacent slashes become one. */
  MERGE_SLASHES,
  /** Escaped slashes are decoded first. */
  DECODE_AND_MERGE_SLASHES
}
