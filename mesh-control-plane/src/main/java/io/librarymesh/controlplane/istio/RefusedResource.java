package io.librarymesh.controlplane.istio;

import java.util.Set;

/**
 * What could be read of a resource that is not in force, since there is an error in it or in its
 * file. It is never served: it is there so that what refers to it, and what it refers to, can be
 * judged before the error is mended.
 *
 * @param resource the resource, whose values may break any rule; what could not be read is as if it
 *     were not written
 * @param wrong the paths of its errors, such as {@code spec.http[0].timeout}; empty when the error
 *     is elsewhere in its file
 */
public record RefusedResource(Resource resource, Set<String> wrong) {

  /** Copies the set. */
  public RefusedResource {
    wrong = Set.copyOf(wrong);
  }

  /** Whether there is an error in a field. */
  public boolean isWrongIn(String field) {
    return wrong.stream().anyMatch(path -> isWithin(path, field));
  }

  /** Whether it is not known what the field says: there is an error in it, or around it. */
  public boolean isDoubtful(String field) {
    return isWrongIn(field) || wrong.stream().anyMatch(path -> isWithin(field, path));
  }

  private static boolean isWithin(String path, String outer) {
    if (!path.startsWith(outer)) {
      return false;
    }
    String rest = path.substring(outer.length());
    return outer.isEmpty() || rest.isEmpty() || rest.charAt(0) == '.' || rest.charAt(0) == '[';
  }
}
