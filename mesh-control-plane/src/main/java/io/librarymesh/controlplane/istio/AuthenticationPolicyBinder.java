package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.AuthenticationPolicy.Jwt;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.MutualTls;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Path;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Port;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.PrincipalBinding;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Target;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads a Policy or a MeshPolicy. */
final class AuthenticationPolicyBinder {
  private static final String NO_PEER_TOKENS =
      "tokens say nothing of a peer; write it in 'origins'";

  private AuthenticationPolicyBinder() {}

  private enum Mode {
    STRICT,
    PERMISSIVE
  }

  static AuthenticationPolicy bind(
      Resource.Kind kind, Fields document, Metadata metadata, Fields spec) {
    boolean ofMesh = kind == Resource.Kind.MESH_POLICY;
    return new AuthenticationPolicy(
        kind,
        document.position(),
        ofMesh ? metadata.withoutNamespace() : metadata,
        spec.messages("targets", AuthenticationPolicyBinder::target),
        peers(spec),
        spec.flag("peerIsOptional"),
        spec.messages("origins", AuthenticationPolicyBinder::origin).stream()
            .flatMap(Optional::stream)
            .toList(),
        spec.flag("originIsOptional"),
        spec.choice("principalBinding", PrincipalBinding.class).orElse(PrincipalBinding.USE_PEER));
  }

  private static Target target(Fields target) {
    return new Target(
        target.position(),
        target.textOrEmpty("name"),
        target.messages("ports", AuthenticationPolicyBinder::port));
  }

  private static Port port(Fields port) {
    Optional<Integer> number = port.port("number");
    Optional<String> name = port.text("name");
    if (number.isPresent() == name.isPresent()) {
      port.refuse("expected a number or a name");
    }
    return new Port(number, name.orElse(""));
  }

  private static List<MutualTls> peers(Fields spec) {
    List<MutualTls> peers = new ArrayList<>();
    spec.messages("peers", peer -> peer(peer)).forEach(found -> found.ifPresent(peers::add));
    return peers;
  }

  /** Of {@code mtls} also nothing is something: the old pages have {@code - mtls: null}. */
  private static Optional<MutualTls> peer(Fields peer) {
    Optional<MutualTls> written = peer.message("mtls", AuthenticationPolicyBinder::mutualTls);
    if (peer.has("jwt")) {
      peer.skip("jwt");
      peer.refuse("jwt", NO_PEER_TOKENS);
      return Optional.empty();
    }
    if (written.isEmpty() && !peer.isWritten("mtls")) {
      peer.refuse("no way of proving who the caller is (expected: mtls)");
      return Optional.empty();
    }
    return written.or(() -> Optional.of(new MutualTls(false, false)));
  }

  private static MutualTls mutualTls(Fields mtls) {
    boolean permissive = mtls.choice("mode", Mode.class).orElse(Mode.STRICT) == Mode.PERMISSIVE;
    return new MutualTls(permissive, mtls.flag("allowTls"));
  }

  private static Optional<Jwt> origin(Fields origin) {
    Optional<Jwt> jwt = origin.message("jwt", AuthenticationPolicyBinder::jwt);
    if (jwt.isEmpty() && !origin.has("jwt")) {
      origin.refuse("no way of proving whose request it is (expected: jwt)");
    }
    return jwt;
  }

  private static Jwt jwt(Fields jwt) {
    return new Jwt(
        jwt.position(),
        jwt.textOrEmpty("issuer"),
        jwt.texts("audiences"),
        jwt.textOrEmpty("jwksUri"),
        jwt.textOrEmpty("jwks"),
        jwt.texts("jwtHeaders"),
        jwt.texts("jwtParams"),
        jwt.messages("triggerRules", AuthenticationPolicyBinder::trigger));
  }

  private static Trigger trigger(Fields trigger) {
    return new Trigger(
        trigger.position(), paths(trigger, "excludedPaths"), paths(trigger, "includedPaths"));
  }

  private static List<Path> paths(Fields trigger, String name) {
    return trigger.messages(name, AuthenticationPolicyBinder::path).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Path> path(Fields path) {
    List<Path> found = new ArrayList<>();
    for (Path.Form form : Path.Form.values()) {
      path.anyText(form.name().toLowerCase(Locale.ROOT))
          .ifPresent(text -> found.add(new Path(path.position(), form, text)));
    }
    if (found.size() != 1) {
      path.refuse("expected one of exact, prefix, suffix, regex");
      return Optional.empty();
    }
    return Optional.of(found.get(0));
  }
}
