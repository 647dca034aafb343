package io.librarymesh.benchmarks.load;

/** The variant of the protocol. */
enum Variant {
  DELTA("DeltaAggregatedResources"),
  SOTW("StreamAggregatedResources");

  private static final String SERVICE = "envoy.service.discovery.v3.AggregatedDiscoveryService/";

  private final String method;

  Variant(String method) {
    this.method = method;
  }

  /** Its method on an aggregated stream. */
  String fullMethod() {
    return SERVICE + method;
  }
}
