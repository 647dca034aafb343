package io.librarymesh.controlplane.serve;

import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The responses of one type on one stream that the client has not answered yet, by nonce, and what
 * it said of the last one that it did answer. Confined to the state executor.
 */
final class ResponsesInFlight {

  /** Answers that are remembered while a client is silent; older ones are forgotten. */
  private static final int MAX_IN_FLIGHT = 256;

  private final Map<String, List<EncodedResource>> resources = new LinkedHashMap<>(2);
  private String lastNonce = "";
  private String acknowledgedNonce = "";
  private @Nullable Nack nack;

  /**
   * A refusal.
   *
   * @param nonce of the response that was refused
   * @param code the client's code of gRPC
   * @param message the client's reason
   * @param versions by name, what the response held
   * @param at when
   */
  record Nack(
      String nonce, String code, String message, Map<String, String> versions, Instant at) {}

  /** A response goes out. */
  void add(String nonce, List<EncodedResource> held) {
    lastNonce = nonce;
    resources.put(nonce, List.copyOf(held));
    if (resources.size() > MAX_IN_FLIGHT) {
      Iterator<String> oldest = resources.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Of the response that was sent last; empty for none. */
  String lastNonce() {
    return lastNonce;
  }

  /** Of the response that the client accepted last; empty for none. */
  String acknowledgedNonce() {
    return acknowledgedNonce;
  }

  /** Whether the client has not yet said what it makes of some response. */
  boolean awaitsAnswer() {
    return !resources.isEmpty();
  }

  /** The client has answered a later response, and will not answer those before it any more. */
  void supersede(String nonce) {
    Iterator<String> nonces = resources.keySet().iterator();
    while (nonces.hasNext() && !nonces.next().equals(nonce)) {
      nonces.remove();
    }
  }

  /** Whether there was such a response and it has not been answered yet. */
  boolean has(String nonce) {
    return resources.containsKey(nonce);
  }

  /** The client has accepted a response; returns what it held, nothing of one that is unknown. */
  List<EncodedResource> accepted(String nonce) {
    List<EncodedResource> held = resources.remove(nonce);
    if (held == null) {
      return List.of();
    }
    nack = null;
    acknowledgedNonce = nonce;
    return held;
  }

  /** Notes a refusal. Nothing is sent again for it: only a change of the resource is. */
  void refused(String nonce, String code, String message) {
    List<EncodedResource> held = resources.remove(nonce);
    if (held != null) {
      Map<String, String> versions = new HashMap<>();
      held.forEach(resource -> versions.put(resource.name(), resource.version()));
      nack = new Nack(nonce, code, message, Map.copyOf(versions), Instant.now());
    }
  }

  /** What the client refused, until it accepts something. */
  Optional<Nack> nack() {
    return Optional.ofNullable(nack);
  }
}
