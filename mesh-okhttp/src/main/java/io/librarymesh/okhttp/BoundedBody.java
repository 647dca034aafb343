package io.librarymesh.okhttp;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/** A body under a deadline: says so when reading fails for that, and tells of its bytes. */
final class BoundedBody extends ResponseBody {
  private final ResponseBody delegate;
  private final BufferedSource source;

  /**
   * @param content what is read of {@code delegate}
   */
  BoundedBody(ResponseBody delegate, Source content, Delivery delivery) {
    this.delegate = delegate;
    this.source =
        Okio.buffer(
            new ForwardingSource(content) {
              @Override
              public long read(Buffer sink, long byteCount) throws IOException {
                try {
                  long read = super.read(sink, byteCount);
                  delivery.received();
                  return read;
                } catch (IOException e) {
                  throw delivery.reason(e);
                }
              }
            });
  }

  @Override
  public @Nullable MediaType contentType() {
    return delegate.contentType();
  }

  @Override
  public long contentLength() {
    return delegate.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }
}
