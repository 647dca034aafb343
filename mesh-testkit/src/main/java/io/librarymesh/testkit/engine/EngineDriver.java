package io.librarymesh.testkit.engine;

import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.testkit.conformance.CaseSession;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceCases;
import io.librarymesh.testkit.conformance.ConformanceDriver;
import io.librarymesh.testkit.conformance.IstioCompiler;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs cases on the engine itself: every feature that the engine has, and {@code istio} with a
 * control plane.
 */
public final class EngineDriver implements ConformanceDriver {
  /** What the engine does not do yet; whoever builds a feature takes it out of this list. */
  private static final Set<String> AWAITED = Set.of();

  private final Optional<IstioCompiler> compiler;
  private final Map<String, String> knownFailures;

  private EngineDriver(Optional<IstioCompiler> compiler, Map<String, String> knownFailures) {
    this.compiler = compiler;
    this.knownFailures = Map.copyOf(knownFailures);
  }

  /** Without a control plane. */
  public static EngineDriver create() {
    return new EngineDriver(Optional.empty(), Map.of());
  }

  /** With a control plane, for the cases that are written as Istio resources. */
  public static EngineDriver with(IstioCompiler compiler) {
    return new EngineDriver(Optional.of(compiler), Map.of());
  }

  /** This driver with cases that are known to fail, by name, each with its reason. */
  public EngineDriver knowing(Map<String, String> failures) {
    return new EngineDriver(compiler, failures);
  }

  @Override
  public String name() {
    return "engine";
  }

  @Override
  public Set<String> features() {
    Set<String> features = new TreeSet<>(ConformanceCases.features().keySet());
    features.removeAll(AWAITED);
    features.removeIf(feature -> feature.startsWith("istio"));
    compiler.ifPresent(translation -> features.addAll(translation.features()));
    return features;
  }

  @Override
  public Set<String> awaitedFeatures() {
    Set<String> awaited = new TreeSet<>(AWAITED);
    compiler.ifPresent(translation -> awaited.addAll(translation.awaitedFeatures()));
    return awaited;
  }

  @Override
  public Map<String, String> knownFailures() {
    return knownFailures;
  }

  @Override
  public CaseSession open(ConformanceCase test, ScriptedDraws draws) throws Exception {
    return EngineSession.open(test, draws, compiler);
  }
}
