package io.librarymesh.okhttp;

import io.librarymesh.MeshCall;
import io.librarymesh.route.HeaderSink;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** A response with the headers that the mesh gives to the caller. */
final class ChangedResponse implements HeaderSink {
  private final Response response;
  private Response.@Nullable Builder builder;

  private ChangedResponse(Response response) {
    this.response = response;
  }

  /** The same object when nothing changes. */
  static Response of(MeshCall call, Response response) {
    ChangedResponse changed = new ChangedResponse(response);
    call.responseHeaders(changed);
    return changed.builder == null ? response : changed.builder.build();
  }

  @Override
  public void add(String name, String value) {
    builder().addHeader(name, value);
  }

  @Override
  public void remove(String name) {
    builder().removeHeader(name);
  }

  private Response.Builder builder() {
    if (builder == null) {
      builder = response.newBuilder();
    }
    return builder;
  }
}
