package io.librarymesh.testkit.engine;

import io.librarymesh.testkit.conformance.ConformanceRunner;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

class EngineConformanceTest {
  @TestFactory
  Stream<DynamicNode> cases() {
    return ConformanceRunner.tests(EngineDriver.create());
  }
}
