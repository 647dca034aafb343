package io.librarymesh.controlplane.translate;

/** What a client understands; told by the name of its software in its first request. */
public enum Dialect {
  /** This project's own client: everything that Envoy's messages can say. */
  LIBRARY,
  /**
   * A stock Envoy: the same, except for listeners without an address. It takes such a one from its
   * bootstrap only and warns of each that comes over LDS.
   */
  ENVOY,
  /** grpc-java. */
  GRPC_JAVA,
  /** grpc-go. */
  GRPC_GO,
  /**
   * Every other client of gRPC, grpc-node and those of C++, Python and Ruby among them, and what is
   * not known: what all of them understand. They refuse a resource as a whole for what they do not
   * know: only EDS clusters and single names, no local replies, only gRPC's retry conditions.
   */
  GRPC;

  /** The dialect of a client by its {@code user_agent_name}. */
  public static Dialect of(String userAgent) {
    return switch (userAgent) {
      case "library-mesh" -> LIBRARY;
      case "envoy" -> ENVOY;
      case "gRPC Java" -> GRPC_JAVA;
      case "gRPC Go" -> GRPC_GO;
      default -> GRPC;
    };
  }

  /** Whether it is a client of gRPC. */
  public boolean isGrpc() {
    return this == GRPC_JAVA || this == GRPC_GO || this == GRPC;
  }

  /** Whether a cluster may ask for least request; grpc-node refuses one that does. */
  boolean knowsLeastRequest() {
    return this != GRPC;
  }

  /** Whether requests at a time are counted in any case; grpc-java does where it reports load. */
  boolean countsRequests() {
    return this != GRPC_JAVA;
  }
}
