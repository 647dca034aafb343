package io.librarymesh.okhttp;

import java.util.Optional;
import okhttp3.Request;
import okhttp3.Response;

/**
 * What a caller would rather have than a failure; see {@link MeshInterceptor#withFallback}. Any
 * thread, that of the call.
 */
@FunctionalInterface
public interface MeshFallback {
  /** Has no answer to anything. */
  MeshFallback NONE = (request, failure) -> Optional.empty();

  /**
   * Answers in place of a failure. Must not wait for long, because no timeout of the mesh bounds
   * it.
   *
   * @param request as the caller made it
   * @param failure what the caller gets otherwise, an upstream's response or the mesh's own; {@link
   *     MeshResponse#of} says why. Its body may be looked at with {@link Response#peekBody}
   * @return an answer with a body of its own, which has the flag FB then; empty leaves the failure
   *     to the caller, and so does an exception, which is logged
   */
  Optional<Response> answer(Request request, Response failure);
}
