package io.librarymesh.controlplane.keys;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.time.Duration;

/** Gets a set of keys, by way of the issuer's configuration where only the issuer is known. */
record KeyDownload(KeyFetch fetch) {
  private static final String JWKS_URI = "jwks_uri";

  /**
   * Gets it. Blocks; any thread.
   *
   * @param timeout of each request
   * @throws RefusedAddress if an address is not to be called
   * @throws IOException if there are no keys; the message names the URI that failed
   */
  String keys(KeySource source, Duration timeout) throws IOException {
    String first = source.firstUri();
    String answer = get(first, timeout);
    if (source.kind() == KeySource.Kind.KEY_SET) {
      return publicKeys(first, answer);
    }
    String uri = keysUri(first, answer);
    return publicKeys(uri, get(uri, timeout));
  }

  private String get(String uri, Duration timeout) throws IOException {
    try {
      return fetch.get(uri, timeout);
    } catch (RefusedAddress e) {
      throw new RefusedAddress(uri + ": " + e.getMessage());
    } catch (IOException e) {
      throw new IOException(uri + ": " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static String publicKeys(String uri, String answer) throws IOException {
    try {
      return PublicKeys.of(answer);
    } catch (IOException e) {
      throw new IOException(uri + ": " + reason(e), e);
    }
  }

  private static String keysUri(String uri, String configuration) throws IOException {
    try {
      JsonElement document = JsonParser.parseString(configuration);
      if (document.isJsonObject()
          && document.getAsJsonObject().get(JWKS_URI) instanceof JsonPrimitive found) {
        return found.getAsString();
      }
    } catch (JsonParseException e) {
      // Said below; what was answered is not repeated.
    }
    throw new IOException(uri + ": no " + JWKS_URI + " (expected: an issuer's configuration)");
  }
}
