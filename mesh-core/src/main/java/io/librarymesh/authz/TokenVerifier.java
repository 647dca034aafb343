package io.librarymesh.authz;

import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtProvider.ClaimHeader;
import io.librarymesh.config.JwtProvider.Keys;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.time.WallClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies the tokens of one provider: a compiled {@link JwtProvider}. Immutable. */
final class TokenVerifier {
  private static final List<String> ALWAYS_SPACE_DELIMITED = List.of("scope", "permission");
  private static final double MILLIS = 1000;

  private final JwtProvider provider;
  private final TokenLocations locations;
  private final Set<String> audiences;
  private final JwksSource keys;
  private final String keysUri;
  private final Set<String> spaceDelimited;
  private final WallClock clock;

  private TokenVerifier(JwtProvider provider, JwksSource keys, String keysUri, WallClock clock) {
    this.provider = provider;
    this.locations = TokenLocations.of(provider.locations());
    this.audiences = sanitized(provider.audiences());
    this.keys = keys;
    this.keysUri = keysUri;
    this.clock = clock;
    this.spaceDelimited = new HashSet<>(provider.spaceDelimited());
    this.spaceDelimited.addAll(ALWAYS_SPACE_DELIMITED);
  }

  /**
   * Compiles a provider.
   *
   * @param problems gets a line when its keys cannot be read; its tokens are refused then
   */
  static TokenVerifier compile(
      JwtProvider provider, JwksSource remoteKeys, WallClock clock, List<String> problems) {
    if (provider.keys() instanceof Keys.Inline inline) {
      Optional<JwkSet> set = read(inline.jwks(), provider.issuer(), problems);
      return new TokenVerifier(provider, uri -> set, "", clock);
    } else if (provider.keys() instanceof Keys.Remote remote) {
      return new TokenVerifier(provider, remoteKeys, remote.uri(), clock);
    }
    throw new AssertionError(provider.keys());
  }

  private static Optional<JwkSet> read(String jwks, String issuer, List<String> problems) {
    JwkSet set;
    try {
      set = JwkSet.ofConfiguration(jwks);
    } catch (IllegalArgumentException e) {
      problems.add("issuer " + issuer + ": " + e.getMessage());
      return Optional.of(JwkSet.ofConfiguration("{\"keys\":[]}"));
    }
    if (set.size() == 0) {
      problems.add("issuer " + issuer + ": no key that can verify a token");
    }
    return Optional.of(set);
  }

  TokenLocations locations() {
    return locations;
  }

  JwtProvider provider() {
    return provider;
  }

  boolean isFrom(Jwt jwt) {
    return provider.issuer().isEmpty() || provider.issuer().equals(jwt.issuer());
  }

  /**
   * Verifies a token.
   *
   * @param other audiences instead of the provider's own; empty: the provider's own
   */
  JwtStatus verify(Jwt jwt, List<String> other) {
    if (!isFrom(jwt)) {
      return JwtStatus.UNKNOWN_ISSUER;
    }
    double now = Math.floor(clock.millis() / MILLIS);
    if (now + provider.clockSkewSeconds() < jwt.notBefore()) {
      return JwtStatus.NOT_YET_VALID;
    } else if (jwt.expires() > 0 && now > jwt.expires() + provider.clockSkewSeconds()) {
      return JwtStatus.EXPIRED;
    } else if (!isForUs(jwt, other.isEmpty() ? audiences : sanitized(other))) {
      return JwtStatus.AUDIENCE_NOT_ALLOWED;
    }
    return keys.keys(keysUri).map(set -> set.verify(jwt)).orElse(JwtStatus.KEYS_NOT_FETCHED);
  }

  private static boolean isForUs(Jwt jwt, Set<String> accepted) {
    return accepted.isEmpty()
        || jwt.audiences().stream().anyMatch(audience -> accepted.contains(sanitized(audience)));
  }

  private static Set<String> sanitized(List<String> audiences) {
    Set<String> all = new HashSet<>();
    audiences.forEach(audience -> all.add(sanitized(audience)));
    return all;
  }

  /** Without scheme and without one slash at the end. */
  private static String sanitized(String audience) {
    String rest = audience;
    for (String scheme : List.of("http://", "https://")) {
      if (rest.startsWith(scheme)) {
        rest = rest.substring(scheme.length());
        break;
      }
    }
    return rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
  }

  /** Lets a request have what a token of it has proved. */
  void accept(Passage passage, Jwt jwt, TokenLocations.Found found) {
    passage.claims(provider.payloadName(), normalized(jwt.claims()));
    Map<String, String> set = new LinkedHashMap<>();
    if (!provider.payloadHeader().isEmpty()) {
      set.put(provider.payloadHeader(), jwt.payload());
    }
    for (ClaimHeader header : provider.claimHeaders()) {
      String value = text(find(jwt.claims(), header.claim()));
      if (value != null && isHeaderValue(value)) {
        set.put(header.name(), value);
      }
    }
    boolean taken = !provider.forward() && !found.header().isEmpty();
    passage.edit(taken ? List.of(found.header()) : List.of(), set);
    if (!provider.forward() && !found.parameter().isEmpty()) {
      passage.target(TokenLocations.without(passage.target(), found.parameter()));
    }
  }

  /** Whoever writes claims must not be able to write headers of their own behind them. */
  private static boolean isHeaderValue(String text) {
    return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f));
  }

  /** The headers that only a verified token may fill. */
  List<String> outputHeaders() {
    List<String> names = new ArrayList<>();
    if (!provider.payloadHeader().isEmpty()) {
      names.add(provider.payloadHeader());
    }
    provider.claimHeaders().forEach(header -> names.add(header.name()));
    return names;
  }

  private Metadata normalized(Metadata claims) {
    Map<String, MetadataValue> values = new HashMap<>(claims.values());
    for (String name : spaceDelimited) {
      if (values.get(name) instanceof MetadataValue.Text text) {
        List<MetadataValue> words = new ArrayList<>();
        for (String word : text.value().split(" ", -1)) {
          if (!word.isEmpty()) {
            words.add(MetadataValue.of(word));
          }
        }
        values.put(name, new MetadataValue.Items(words));
      }
    }
    return Metadata.of(values);
  }

  private static @Nullable MetadataValue find(Metadata claims, String path) {
    MetadataValue found = new MetadataValue.Fields(claims);
    for (String name : path.split("\\.", -1)) {
      if (!(found instanceof MetadataValue.Fields fields)) {
        return null;
      }
      found = fields.fields().values().get(name);
      if (found == null) {
        return null;
      }
    }
    return found;
  }

  private static @Nullable String text(@Nullable MetadataValue claim) {
    if (claim instanceof MetadataValue.Numeric number) {
      long whole = (long) number.value();
      return whole == number.value() ? Long.toString(whole) : number.toString();
    }
    if (claim instanceof MetadataValue.Text
        || claim instanceof MetadataValue.Flag
        || claim instanceof MetadataValue.Whole) {
      return claim.toString();
    }
    return null;
  }
}
