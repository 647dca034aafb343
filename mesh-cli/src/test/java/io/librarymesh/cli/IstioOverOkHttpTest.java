package io.librarymesh.cli;

import io.librarymesh.controlplane.conformance.ControlPlaneCompiler;
import io.librarymesh.okhttp.OkHttpDriver;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceCases;
import io.librarymesh.testkit.conformance.ConformanceRunner;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * The cases that are written as Istio resources, from the YAML to real sockets: control plane, xDS
 * client, engine and OkHttp together, which only this module sees all of.
 */
final class IstioOverOkHttpTest {
  @TestFactory
  Stream<DynamicNode> blockingCalls() {
    return tests(OkHttpDriver.blocking());
  }

  @TestFactory
  Stream<DynamicNode> asynchronousCalls() {
    return tests(OkHttpDriver.async());
  }

  @TestFactory
  Stream<DynamicNode> callsOverHttp2() {
    return tests(OkHttpDriver.http2());
  }

  private static Stream<DynamicNode> tests(OkHttpDriver driver) {
    List<ConformanceCase> cases =
        ConformanceCases.bundled().stream()
            .filter(test -> test.features().contains("istio"))
            .toList();
    return new ConformanceRunner(driver.with(new ControlPlaneCompiler()), cases).documentedTests();
  }
}
