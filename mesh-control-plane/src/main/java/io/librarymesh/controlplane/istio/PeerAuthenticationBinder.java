package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.PeerAuthentication.Mode;
import java.util.Map;
import java.util.Optional;

/** Reads a PeerAuthentication. */
final class PeerAuthenticationBinder {
  private PeerAuthenticationBinder() {}

  /** Istio's names. */
  private enum Written {
    UNSET,
    DISABLE,
    PERMISSIVE,
    STRICT
  }

  static PeerAuthentication bind(Fields document, Metadata metadata, Fields spec) {
    return new PeerAuthentication(
        document.position(),
        metadata,
        spec.message("selector", selector -> selector.textMap("matchLabels")).orElse(Map.of()),
        spec.message("mtls", PeerAuthenticationBinder::mode).flatMap(mode -> mode),
        spec.has("portLevelMtls")
            ? Optional.of(spec.map("portLevelMtls", (at, value) -> port(spec, at, value)))
            : Optional.empty());
  }

  private static Optional<Optional<Mode>> port(Fields spec, FieldPath at, YamlValue value) {
    if (value instanceof YamlValue.Mapping mapping) {
      return Optional.of(mode(spec.ofMapValue(at, mapping, "portLevelMtls")));
    }
    spec.report().refuse(at, value, Misplaced.expectedMapping("portLevelMtls", value));
    return Optional.empty();
  }

  private static Optional<Mode> mode(Fields mtls) {
    return mtls.choice("mode", Written.class)
        .filter(written -> written != Written.UNSET)
        .map(written -> Mode.valueOf(written.name()));
  }
}
