package io.librarymesh.okhttp;

import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.testkit.conformance.CaseSession;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceDriver;
import io.librarymesh.testkit.conformance.IstioCompiler;
import io.librarymesh.testkit.engine.EngineDriver;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs cases over OkHttp and real loopback sockets. Only time and chance are scripted: the clock of
 * the mesh and the timers of calls move when everything stands still.
 */
public final class OkHttpDriver implements ConformanceDriver {
  private final CaseClient.Style style;
  private final Optional<IstioCompiler> compiler;

  private OkHttpDriver(CaseClient.Style style, Optional<IstioCompiler> compiler) {
    this.style = style;
    this.compiler = compiler;
  }

  /** Calls of a client with {@link MeshInterceptor}. */
  public static OkHttpDriver blocking() {
    return new OkHttpDriver(CaseClient.Style.BLOCKING, Optional.empty());
  }

  /** Calls of a {@link MeshCallFactory}. */
  public static OkHttpDriver async() {
    return new OkHttpDriver(CaseClient.Style.ASYNC, Optional.empty());
  }

  /** As {@link #blocking}, and every upstream speaks HTTP/2. */
  public static OkHttpDriver http2() {
    return new OkHttpDriver(CaseClient.Style.HTTP_2, Optional.empty());
  }

  /** This driver with a control plane, for the cases that are written as Istio resources. */
  public OkHttpDriver with(IstioCompiler translation) {
    return new OkHttpDriver(style, Optional.of(translation));
  }

  @Override
  public String name() {
    return style.driver;
  }

  @Override
  public Set<String> features() {
    Set<String> features = new TreeSet<>(engine().features());
    // OkHttp writes as soon as it is connected: nobody can hang up in between and be sure of it.
    features.remove("transport.unsent");
    // An answer of DNS has no ports, and the upstreams of a case share one address.
    features.remove("dns");
    // The upstreams of a case speak no TLS; OriginatedTlsTest has some that do.
    features.remove("tls.origination");
    return features;
  }

  @Override
  public Set<String> awaitedFeatures() {
    return engine().awaitedFeatures();
  }

  @Override
  public Map<String, String> knownFailures() {
    return Map.of();
  }

  /** What the engine does OkHttp does. */
  private EngineDriver engine() {
    return compiler.map(EngineDriver::with).orElseGet(EngineDriver::create);
  }

  @Override
  public String toString() {
    return name();
  }

  @Override
  public CaseSession open(ConformanceCase test, ScriptedDraws draws) throws Exception {
    return OkHttpSession.open(style, test, draws, compiler);
  }
}
