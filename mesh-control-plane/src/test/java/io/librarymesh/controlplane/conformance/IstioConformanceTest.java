package io.librarymesh.controlplane.conformance;

import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceCases;
import io.librarymesh.testkit.conformance.ConformanceRunner;
import io.librarymesh.testkit.engine.EngineDriver;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * The cases that are written as Istio resources, over the engine with the control plane and the xDS
 * client before it. Those in the engine's own records run in the test kit.
 */
class IstioConformanceTest {
  @TestFactory
  Stream<DynamicNode> engineBehindTheControlPlane() {
    List<ConformanceCase> cases =
        ConformanceCases.bundled().stream()
            .filter(test -> test.features().contains("istio"))
            .toList();
    EngineDriver driver = EngineDriver.with(new ControlPlaneCompiler());
    return new ConformanceRunner(driver, cases).documentedTests();
  }
}
