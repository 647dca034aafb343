package io.librarymesh.controlplane.keys;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.librarymesh.authz.JwkSet;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of a fetched JSON Web Key Set is passed on: public keys that can verify something, without
 * anything that is not needed for that. Secrets that an issuer shows to everybody end here.
 */
final class PublicKeys {
  private static final List<String> MEMBERS =
      List.of("kty", "kid", "use", "key_ops", "alg", "crv", "n", "e", "x", "y");

  private PublicKeys() {}

  /**
   * The same set, in a form that does not depend on the order of its keys.
   *
   * @throws IOException if it is no set, or none of its keys can be used; the message repeats
   *     nothing of it
   */
  static String of(String fetched) throws IOException {
    check(fetched);
    Set<String> kept = new TreeSet<>();
    for (JsonElement key :
        JsonParser.parseString(fetched).getAsJsonObject().getAsJsonArray("keys")) {
      if (key.isJsonObject()) {
        JsonObject bare = bare(key.getAsJsonObject());
        if (isUsable(bare)) {
          kept.add(bare.toString());
        }
      }
    }
    if (kept.isEmpty()) {
      throw new IOException("no key can be used (expected: public keys of RSA, EC or Ed25519)");
    }
    return "{\"keys\":[" + String.join(",", kept) + "]}";
  }

  private static void check(String fetched) throws IOException {
    try {
      JwkSet unused = JwkSet.ofIssuer(fetched);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static JsonObject bare(JsonObject key) {
    JsonObject bare = new JsonObject();
    for (String member : MEMBERS) {
      JsonElement value = key.get(member);
      if (value != null) {
        bare.add(member, value);
      }
    }
    return bare;
  }

  private static boolean isUsable(JsonObject key) {
    JsonArray keys = new JsonArray();
    keys.add(key);
    JsonObject set = new JsonObject();
    set.add("keys", keys);
    return JwkSet.ofIssuer(set.toString()).size() == 1;
  }
}
