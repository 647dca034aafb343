package io.librarymesh.controlplane.translate;

/** What a client understands. */
public enum Dialect {
  /** This project's own client: everything that Envoy's messages can say. */
  LIBRARY,
  /**
   * A stock Envoy: the same, except for listeners without an address. It takes such a one from its
   * bootstrap only and warns of each that comes over LDS.
   */
  ENVOY,
  /**
   * grpc-java, grpc-go and their like, which refuse a resource as a whole for what they do not
   * know: only EDS clusters, no local replies, only gRPC's retry conditions.
   */
  GRPC
}
