package io.librarymesh.okhttp;

import io.librarymesh.testkit.conformance.ConformanceRunner;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The conformance cases on real sockets. */
final class OkHttpConformanceTest {
  @TestFactory
  Stream<DynamicNode> blockingCalls() {
    return ConformanceRunner.tests(OkHttpDriver.blocking());
  }

  @TestFactory
  Stream<DynamicNode> callsOverHttp2() {
    return ConformanceRunner.tests(OkHttpDriver.http2());
  }

  @TestFactory
  Stream<DynamicNode> asynchronousCalls() {
    return ConformanceRunner.tests(OkHttpDriver.async());
  }
}
