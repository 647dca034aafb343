package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads {@code percentage: {value: 50}}, and {@code percentage: 50} as Istio of 2018 took it. */
final class Percentages {
  private Percentages() {}

  static Optional<Percent> read(Fields fields, String name) {
    Optional<YamlValue> written = fields.any(name);
    if (written.isPresent() && written.get() instanceof YamlValue.Scalar scalar) {
      Optional<Double> bare = fields.number(name);
      bare.ifPresent(
          value ->
              fields.warn(
                  name, "old spelling; write " + name + ": {value: " + scalar.text() + "}"));
      return bare.map(Percent::new);
    }
    return fields.message(name, message -> new Percent(message.number("value").orElse(0.0)));
  }
}
