package io.librarymesh.testkit.conformance;

import io.librarymesh.testkit.ScriptedDraws;
import java.util.Map;
import java.util.Set;

/** Runs cases over one adapter. The {@link ConformanceRunner} says what to do and compares. */
public interface ConformanceDriver {
  /** Such as {@code okhttp}, for reports. */
  String name();

  /** What this driver can do, of {@link ConformanceCases#features()}. */
  Set<String> features();

  /**
   * Of the features that it lacks, those that are being built. A case that needs one of them is run
   * all the same, and must fail: one that passes shows that the feature can be declared.
   */
  default Set<String> awaitedFeatures() {
    return Set.of();
  }

  /** Cases that are known to fail, by name, each with its reason; one that passes is an error. */
  Map<String, String> knownFailures();

  /**
   * Sets up one case: a mesh that takes its chance from {@code draws}, is configured by {@link
   * ConformanceCase#given()}, and whose logical hosts are upstreams of the driver's own.
   *
   * @throws RejectedConfigException when the mesh refuses the configuration
   */
  CaseSession open(ConformanceCase test, ScriptedDraws draws) throws Exception;
}
