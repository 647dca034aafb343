package io.librarymesh.okhttp;

import io.librarymesh.outcome.ResponseHead;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** What the upstream said, which is not what the caller sees when a cached answer was confirmed. */
record ResponseView(Response response) implements ResponseHead {
  @Override
  public int status() {
    Response network = response.networkResponse();
    return network == null ? response.code() : network.code();
  }

  @Override
  public @Nullable String header(String name) {
    return RequestView.value(response.headers(), name);
  }
}
