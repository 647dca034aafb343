package io.librarymesh.controlplane.serve;

import io.grpc.ServerServiceDefinition;

/** A service of gRPC that is served beside xDS, on the same ports. */
@FunctionalInterface
public interface CompanionService {

  /**
   * What is served on one of the ports.
   *
   * @param local whether only programs of this machine reach the port
   */
  ServerServiceDefinition bind(boolean local);
}
