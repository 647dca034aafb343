package io.librarymesh.okhttp;

import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/** Asks a caller's fallback in such a way that what goes wrong there harms no call. */
final class Fallbacks {
  private static final Logger LOG = Logger.getLogger(MeshFallback.class.getName());

  private Fallbacks() {}

  /** Null when it has no answer that can be given. */
  static @Nullable Response ask(MeshFallback fallback, Request request, Response failure) {
    try {
      return own(fallback.answer(request, failure), failure);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the fallback of the caller failed; the call goes on", e);
      return null;
    } catch (Error e) {
      failure.close();
      throw e;
    }
  }

  /** The failure is closed once there is an answer. */
  private static @Nullable Response own(Optional<Response> answer, Response failure) {
    ResponseBody body = failure.body();
    if (answer.isPresent() && answer.get().body() == body && body != ResponseBody.EMPTY) {
      throw new IllegalStateException("body: that of the failure (expected: one of its own)");
    }
    return answer.orElse(null);
  }
}
