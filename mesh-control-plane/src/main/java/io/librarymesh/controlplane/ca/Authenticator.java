package io.librarymesh.controlplane.ca;

import io.librarymesh.identity.SpiffeId;
import java.util.Optional;

/**
 * Decides who somebody is by the token that he sends. Any thread; may wait, for seconds at most.
 */
@FunctionalInterface
public interface Authenticator {
  /**
   * Who sent a token.
   *
   * @return absent when it is none of the kind that this one knows
   * @throws CaRefusedException if it is of that kind and does not count; the message never quotes
   *     it
   */
  Optional<Caller> authenticate(String token) throws CaRefusedException;

  /**
   * Who was authenticated.
   *
   * @param claim run just before he gets what he asked for
   */
  record Caller(SpiffeId identity, Claim claim) {
    /** A caller whose token may be used again. */
    public static Caller of(SpiffeId identity) {
      return new Caller(identity, () -> {});
    }
  }

  /** Takes away what may be used once. */
  @FunctionalInterface
  interface Claim {
    /**
     * Uses it up.
     *
     * @throws CaRefusedException if somebody has
     */
    void use() throws CaRefusedException;
  }
}
