package io.librarymesh.config;

import java.util.List;
import java.util.Optional;

/**
 * What a policy asks of a request to a server: of what is called and of who calls. Source: Envoy
 * {@code rbac.v3.Permission} and {@code rbac.v3.Principal}, which have most of this in common.
 *
 * <p>On a connection that is not HTTP, nobody knows whether conditions on headers, path and claims
 * hold: policies that deny are taken to match, those that allow are not.
 */
public sealed interface RbacCondition {
  /** Always. */
  RbacCondition ALWAYS = new All(List.of());

  /** Never. */
  RbacCondition NEVER = new Some(List.of());

  /** All of them hold; so do none. */
  record All(List<RbacCondition> conditions) implements RbacCondition {
    public All {
      conditions = List.copyOf(conditions);
    }
  }

  /** At least one of them holds; none never do. */
  record Some(List<RbacCondition> conditions) implements RbacCondition {
    public Some {
      conditions = List.copyOf(conditions);
    }
  }

  /** It does not hold. */
  record Not(RbacCondition condition) implements RbacCondition {}

  /**
   * A header has the value. Of a header with several lines one must have it, and an inverted
   * condition holds when none has it: lines are not joined, so that a forbidden value cannot hide
   * behind another one.
   */
  record Header(HeaderMatch match) implements RbacCondition {}

  /** The path without its query, in the form that {@link InboundPolicy#paths} says. */
  record Path(StringMatch match) implements RbacCondition {}

  /**
   * The path without its query is of this form: {@code *} stands for a segment that is not empty,
   * {@code **}, at the end, for anything. Source: Envoy {@code
   * uri_template.v3.UriTemplateMatchConfig}.
   *
   * @param template begins with a slash
   */
  record PathTemplate(String template) implements RbacCondition {
    /**
     * @throws IllegalArgumentException if it does not begin with a slash, or a star is anywhere but
     *     alone between slashes, or two are not at the end
     */
    public PathTemplate {
      String[] segments = template.split("/", -1);
      boolean good = template.startsWith("/");
      for (int i = 1; i < segments.length; i++) {
        String segment = segments[i];
        good &=
            segment.equals("*")
                || (segment.equals("**") && i == segments.length - 1)
                || (segment.indexOf('*') < 0
                    && segment.indexOf('{') < 0
                    && segment.indexOf('}') < 0);
      }
      if (!good) {
        throw new IllegalArgumentException(
            "template: " + template + " (expected: /SEGMENT/*/..., ** as the last one only)");
      }
    }
  }

  /** The address that was connected to. */
  record DestinationAddress(CidrRange range) implements RbacCondition {}

  /** The port that was connected to is in {@code [start, end)}. */
  record DestinationPort(int start, int end) implements RbacCondition {
    /** This one. */
    public static DestinationPort of(int port) {
      return new DestinationPort(port, port + 1);
    }
  }

  /** The name that the caller asked for in its TLS handshake; empty when there is none. */
  record ServerName(StringMatch match) implements RbacCondition {}

  /**
   * The caller has proved who it is, by mutual TLS.
   *
   * @param name asked of its SPIFFE ID, with {@code spiffe://}; empty: anybody
   */
  record Peer(Optional<StringMatch> name) implements RbacCondition {}

  /** The address at the other end of the connection. */
  record SourceAddress(CidrRange range) implements RbacCondition {}

  /** The address of the client, as {@link ClientAddress} finds it out. */
  record RemoteAddress(CidrRange range) implements RbacCondition {}

  /**
   * A claim of the token that the request has proved to hold. Without a token, or without the
   * claim, no value matches; an inverted condition holds then.
   *
   * @param path the field in which {@link JwtProvider#payloadName} puts the claims, then the names
   *     that lead to the claim; not empty
   */
  record Claim(List<String> path, ClaimMatch value, boolean invert) implements RbacCondition {
    public Claim {
      path = List.copyOf(path);
      if (path.isEmpty()) {
        throw new IllegalArgumentException("path: empty (expected: at least one name)");
      }
    }
  }
}
