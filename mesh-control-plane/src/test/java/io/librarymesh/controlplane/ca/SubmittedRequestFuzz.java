package io.librarymesh.controlplane.ca;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Objects;

/**
 * Requests for certificates, as PEM and as DER: refused with a reason, or for the key whose owner
 * signed the requests that are kept. Nobody can make one for another key of these bytes.
 */
public final class SubmittedRequestFuzz {
  private static final PublicKey KEY = key();

  private SubmittedRequestFuzz() {}

  private static PublicKey key() {
    try (InputStream file =
        SubmittedRequestFuzz.class.getResourceAsStream("/fuzz/requests/request.pem")) {
      byte[] text = Objects.requireNonNull(file).readAllBytes();
      return SubmittedRequest.read(new String(text, StandardCharsets.US_ASCII)).key();
    } catch (IOException | CaRefusedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads one. */
  public static void fuzzerTestOneInput(byte[] input) {
    read(new String(input, StandardCharsets.ISO_8859_1));
    read(Requests.pem(input));
  }

  private static void read(String text) {
    try {
      if (!SubmittedRequest.read(text).key().equals(KEY)) {
        throw new AssertionError("a key whose owner has not asked");
      }
    } catch (CaRefusedException e) {
      String message = String.valueOf(e.getMessage());
      if (message.length() > 200 || message.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new AssertionError("the message passes on what it was given", e);
      }
    }
  }
}
