package io.librarymesh.okhttp;

import io.librarymesh.MeshCall;
import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** A request body that ends the silence with each of its bytes. */
final class WatchedBody extends RequestBody {
  private final RequestBody delegate;
  private final MeshCall mesh;

  private WatchedBody(RequestBody delegate, MeshCall mesh) {
    this.delegate = delegate;
    this.mesh = mesh;
  }

  /** The same request; the same object when it has no body, or nothing bounds silence. */
  static Request of(Request request, MeshCall mesh) {
    RequestBody body = request.body();
    return body == null || !mesh.boundsSilence()
        ? request
        : request.newBuilder().method(request.method(), new WatchedBody(body, mesh)).build();
  }

  @Override
  public @Nullable MediaType contentType() {
    return delegate.contentType();
  }

  @Override
  public long contentLength() throws IOException {
    return delegate.contentLength();
  }

  @Override
  public boolean isDuplex() {
    return delegate.isDuplex();
  }

  @Override
  public boolean isOneShot() {
    return delegate.isOneShot();
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    BufferedSink watched =
        Okio.buffer(
            new ForwardingSink(sink) {
              @Override
              public void write(Buffer source, long byteCount) throws IOException {
                super.write(source, byteCount);
                mesh.onBytesSent();
              }
            });
    delegate.writeTo(watched);
    if (!delegate.isDuplex()) {
      watched.emit();
    }
  }
}
