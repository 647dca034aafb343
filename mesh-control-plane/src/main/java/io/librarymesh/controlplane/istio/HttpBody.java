package io.librarymesh.controlplane.istio;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The body of a direct response; Istio's {@code HTTPBody}. */
public sealed interface HttpBody {

  /** The body's bytes, a fresh array. */
  byte[] bytes();

  /** A body written as text, sent as UTF-8. */
  record Text(String string) implements HttpBody {
    @Override
    public byte[] bytes() {
      return string.getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * A body written as bytes.
   *
   * @param base64 valid standard base64
   */
  record Binary(String base64) implements HttpBody {
    @Override
    public byte[] bytes() {
      return Base64.getDecoder().decode(base64);
    }
  }
}
