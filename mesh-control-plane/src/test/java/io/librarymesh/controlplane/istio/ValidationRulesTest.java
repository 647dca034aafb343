package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every rule of Istio's validation: a document that breaks it is refused, and the place named. */
class ValidationRulesTest {
  private static final String API = "networking.istio.io/v1";
  private static final String SECURITY = "security.istio.io/v1";
  private static final Set<String> OF_SECURITY =
      Set.of("AuthorizationPolicy", "RequestAuthentication");

  @TestFactory
  Stream<DynamicTest> whatBreaksARuleIsRefused() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    rules()
        .forEach(
            (kind, mistakes) -> {
              for (Object mistake : (List<?>) mistakes) {
                tests.add(test((String) kind, (Map<?, ?>) mistake));
              }
            });
    return tests.stream();
  }

  private static DynamicTest test(String kind, Map<?, ?> mistake) {
    String spec = (String) Objects.requireNonNull(mistake.get("spec"), "spec");
    Object at = Objects.requireNonNull(mistake.get("at"), "at");
    List<?> places = at instanceof List<?> several ? several : List.of(at);
    return DynamicTest.dynamicTest(
        kind + " " + spec,
        () -> {
          String api = OF_SECURITY.contains(kind) ? SECURITY : API;
          ParsedFile parsed = Snippets.read(Snippets.document(api, kind, spec));

          assertThat(parsed.resources()).isEmpty();
          assertThat(parsed.findings().stream().filter(Finding::isError).map(Finding::fieldPath))
              .containsOnly(places.stream().map(Object::toString).toArray(String[]::new));
        });
  }

  private static Map<?, ?> rules() throws IOException {
    try (InputStream in = ValidationRulesTest.class.getResourceAsStream("/validation/rules.yaml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text);
    }
  }
}
