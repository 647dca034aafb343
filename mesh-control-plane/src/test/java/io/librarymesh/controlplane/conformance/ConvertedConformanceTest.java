package io.librarymesh.controlplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.controlplane.convert.Conversion;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceCases;
import io.librarymesh.testkit.conformance.ConformanceRunner;
import io.librarymesh.testkit.conformance.Given;
import io.librarymesh.testkit.conformance.IstioCompiler;
import io.librarymesh.testkit.engine.EngineDriver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What is converted means the same: every case that is written as Istio resources holds for the
 * resources that they are converted into. What cannot be converted stays, and holds anyway; so each
 * form has a count of what it did convert.
 */
class ConvertedConformanceTest {

  @TestFactory
  Stream<DynamicNode> todaysSpellings() {
    return cases(Conversion.Form.TODAY, 1);
  }

  @TestFactory
  Stream<DynamicNode> routesAsVirtualServices() {
    return cases(Conversion.Form.ISTIO, 15);
  }

  @TestFactory
  Stream<DynamicNode> virtualServicesAsRoutes() {
    return cases(Conversion.Form.GATEWAY_API, 20);
  }

  private static Stream<DynamicNode> cases(Conversion.Form form, int fewest) {
    List<ConformanceCase> cases =
        ConformanceCases.bundled().stream()
            .filter(test -> test.features().contains("istio"))
            .toList();
    Converting compiler = new Converting(form);
    DynamicNode count =
        DynamicTest.dynamicTest(
            "as many are converted as can be",
            () -> assertThat(compiler.converted.get()).isGreaterThanOrEqualTo(fewest));
    return Stream.concat(
        new ConformanceRunner(EngineDriver.with(compiler), cases).tests(), Stream.of(count));
  }

  /** Converts the rules of a world on their way to the control plane. */
  private static final class Converting implements IstioCompiler {
    private final ControlPlaneCompiler compiler = new ControlPlaneCompiler();
    private final Conversion.Form form;
    private final AtomicInteger converted = new AtomicInteger();

    Converting(Conversion.Form form) {
      this.form = form;
    }

    @Override
    public Map<String, Update> compile(Given.IstioWorld world) throws Exception {
      List<Conversion.Converted> files =
          Conversion.of(
              List.of(
                  source("services.yaml", world.services()), source("rules.yaml", world.rules())),
              form);
      String rules = files.get(1).text().orElse(world.rules());
      if (files.get(1).text().isPresent()) {
        converted.incrementAndGet();
      }
      return compiler.compile(
          new Given.IstioWorld(
              world.services(),
              rules,
              world.endpoints(),
              world.client(),
              world.mesh(),
              world.targets()));
    }

    private static Conversion.Source source(String name, String text) {
      return new Conversion.Source(name, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Set<String> features() {
      return compiler.features();
    }
  }
}
