package io.librarymesh.config;

/**
 * Where a request says to come from. Source: Envoy {@code HttpConnectionManager.use_remote_address}
 * and {@code xff_num_trusted_hops}.
 *
 * @param ofConnection whether the other end of the connection is trusted to be the client, or the
 *     first of the trusted hops; otherwise the last entry of {@code x-forwarded-for} is believed,
 *     which whoever calls directly can write
 * @param trustedHops how many proxies are trusted to have added theirs to {@code x-forwarded-for}
 */
public record ClientAddress(boolean ofConnection, int trustedHops) {
  /** What a sidecar's inbound listener has. */
  public static final ClientAddress FORWARDED = new ClientAddress(false, 0);

  public ClientAddress {
    Ranges.requireNotNegative("trusted hops", trustedHops);
  }
}
