package io.librarymesh.okhttp;

import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What travels with the requests of one mesh call: down to the interceptors of its attempts, and up
 * to the caller with the response.
 */
final class CallTag {
  final int readTimeoutMillis;
  final int writeTimeoutMillis;

  /** Whether this goes with a copy for a mirror. */
  final boolean copy;

  private @Nullable String retryAfter;
  private volatile @Nullable MeshResponse outcome;

  CallTag(int readTimeoutMillis, int writeTimeoutMillis) {
    this(readTimeoutMillis, writeTimeoutMillis, false);
  }

  private CallTag(int readTimeoutMillis, int writeTimeoutMillis, boolean copy) {
    this.readTimeoutMillis = readTimeoutMillis;
    this.writeTimeoutMillis = writeTimeoutMillis;
    this.copy = copy;
  }

  /** What a copy of the call takes along. */
  CallTag ofCopy() {
    return new CallTag(readTimeoutMillis, writeTimeoutMillis, true);
  }

  /** What an attempt beside others takes along, since each keeps something of its own here. */
  CallTag ofHedge() {
    return new CallTag(readTimeoutMillis, writeTimeoutMillis, copy);
  }

  /** The tag of a request that goes through the mesh; null for any other. */
  static @Nullable CallTag of(Request request) {
    return request.tag(CallTag.class);
  }

  /** Keeps a header out of OkHttp's sight until {@link #restore}. */
  void hideRetryAfter(String value) {
    retryAfter = value;
  }

  Response restore(Response response) {
    if (retryAfter == null) {
      return response;
    }
    Response restored = response.newBuilder().header("Retry-After", retryAfter).build();
    retryAfter = null;
    return restored;
  }

  void outcome(MeshResponse value) {
    outcome = value;
  }

  @Nullable MeshResponse outcome() {
    return outcome;
  }
}
