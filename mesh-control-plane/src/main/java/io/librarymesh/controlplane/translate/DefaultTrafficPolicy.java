package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ConnectionPoolSettings;
import io.librarymesh.controlplane.istio.MeshConfigDocument;
import io.librarymesh.controlplane.istio.OutlierDetection;
import java.util.Optional;

/**
 * What holds for all destinations where no DestinationRule says it; Istio's {@code
 * MeshConfig.defaultTrafficPolicy}. Blocks count as a whole.
 *
 * @param connectionPool limits
 * @param outlierDetection ejection of failing endpoints
 */
public record DefaultTrafficPolicy(
    Optional<ConnectionPoolSettings> connectionPool, Optional<OutlierDetection> outlierDetection) {

  /** Nothing. */
  public static final DefaultTrafficPolicy NONE =
      new DefaultTrafficPolicy(Optional.empty(), Optional.empty());

  static DefaultTrafficPolicy of(MeshConfigDocument document) {
    return new DefaultTrafficPolicy(document.connectionPool(), document.outlierDetection());
  }
}
