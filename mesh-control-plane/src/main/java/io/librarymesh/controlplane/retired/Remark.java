package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.SourcePosition;

/**
 * Something to know about a resource that is converted.
 *
 * @param of the resource
 * @param position where what is meant stands
 * @param field its path; empty for the resource as a whole
 * @param kind what it is
 * @param message in words
 */
public record Remark(
    Resource of, SourcePosition position, String field, Kind kind, String message) {

  /** What is remarked on. */
  public enum Kind {
    /** Means the same as before. */
    KNOWN,
    /** Means something else than before. */
    CHANGED,
    /** Cannot be said today. What is in force lets nobody in who was not let in before. */
    PROBLEM
  }
}
