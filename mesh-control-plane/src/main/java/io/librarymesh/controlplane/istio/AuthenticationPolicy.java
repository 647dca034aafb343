package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * Who servers take for whom, as Istio had it until 1.5: {@code authentication.istio.io/v1alpha1},
 * {@code Policy} of a namespace or of services in it, {@code MeshPolicy} of the whole mesh. It is
 * in force as the resources of today that it is converted to.
 *
 * @param kind {@code POLICY} or {@code MESH_POLICY}
 * @param position where the document begins
 * @param metadata name and namespace; that of a MeshPolicy says nothing
 * @param targets services of the namespace; none: all of them
 * @param peers what callers may prove by TLS, each a way; none: plaintext
 * @param peerIsOptional whether callers that prove nothing are let in
 * @param origins tokens, each a way
 * @param originIsOptional whether requests without a token, or with an invalid one, are let in
 * @param binding which of both is the caller that roles are bound to
 */
public record AuthenticationPolicy(
    Kind kind,
    SourcePosition position,
    Metadata metadata,
    List<Target> targets,
    List<MutualTls> peers,
    boolean peerIsOptional,
    List<Jwt> origins,
    boolean originIsOptional,
    PrincipalBinding binding)
    implements Resource {

  /** Copies the lists. */
  public AuthenticationPolicy {
    targets = List.copyOf(targets);
    peers = List.copyOf(peers);
    origins = List.copyOf(origins);
  }

  /** Whether it is a MeshPolicy. */
  public boolean isOfMesh() {
    return kind == Kind.MESH_POLICY;
  }

  /** Which identity is the caller's. */
  public enum PrincipalBinding {
    /** That of its certificate. */
    USE_PEER,
    /** That of its token. */
    USE_ORIGIN
  }

  /**
   * A service.
   *
   * @param position where it stands
   * @param name short, of the policy's namespace
   * @param ports of the service; none: all
   */
  public record Target(SourcePosition position, String name, List<Port> ports) {

    /** Copies the list. */
    public Target {
      ports = List.copyOf(ports);
    }
  }

  /** A port of a service, by its number or by its name; {@code written} is either as it stands. */
  public record Port(Optional<Integer> number, String name) {

    /** As it is written. */
    public String written() {
      return number.map(String::valueOf).orElse(name);
    }
  }

  /**
   * Mutual TLS.
   *
   * @param isPermissive whether plaintext is taken as well
   * @param allowTls whether TLS without a certificate of the caller is taken as well
   */
  public record MutualTls(boolean isPermissive, boolean allowTls) {}

  /**
   * A JSON web token.
   *
   * @param position where it stands
   * @param issuer {@code iss}
   * @param audiences any of which {@code aud} must have; none: not looked at
   * @param jwksUri where the keys are; empty: {@code jwks}, or where the issuer says
   * @param jwks the keys
   * @param headers that have the token; with neither these nor parameters, {@code Authorization}
   *     and the parameter {@code access_token}
   * @param params query parameters that have the token
   * @param triggers for which requests it is asked for; none: for all
   */
  public record Jwt(
      SourcePosition position,
      String issuer,
      List<String> audiences,
      String jwksUri,
      String jwks,
      List<String> headers,
      List<String> params,
      List<Trigger> triggers) {

    /** Copies the lists. */
    public Jwt {
      audiences = List.copyOf(audiences);
      headers = List.copyOf(headers);
      params = List.copyOf(params);
      triggers = List.copyOf(triggers);
    }
  }

  /**
   * Requests by their paths, of which the query is a part.
   *
   * @param position where it stands
   * @param excluded none of these
   * @param included any of these; none: any path
   */
  public record Trigger(SourcePosition position, List<Path> excluded, List<Path> included) {

    /** Copies the lists. */
    public Trigger {
      excluded = List.copyOf(excluded);
      included = List.copyOf(included);
    }
  }

  /** A condition on a path. */
  public record Path(SourcePosition position, Form form, String text) {

    /** How the text is compared. */
    public enum Form {
      EXACT,
      PREFIX,
      SUFFIX,
      REGEX
    }
  }
}
