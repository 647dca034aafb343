package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ConnectionPoolSettings;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings.H2UpgradePolicy;
import io.librarymesh.controlplane.istio.ConnectionPoolSettings.TcpKeepalive;
import io.librarymesh.controlplane.istio.MeshConfigDocument;
import io.librarymesh.controlplane.istio.OutlierDetection;
import java.util.Optional;

/**
 * What holds for all destinations where no DestinationRule says it; Istio's {@code
 * MeshConfig.defaultTrafficPolicy}, whose blocks count as a whole, and the two settings beside it
 * that fill single fields.
 *
 * @param connectionPool limits
 * @param outlierDetection ejection of failing endpoints
 * @param upgradesToHttp2 whether ports that are declared as HTTP are spoken to in HTTP/2; Istio's
 *     {@code h2UpgradePolicy}
 * @param tcpKeepalive probes of idle connections, which a rule replaces value by value
 */
public record DefaultTrafficPolicy(
    Optional<ConnectionPoolSettings> connectionPool,
    Optional<OutlierDetection> outlierDetection,
    boolean upgradesToHttp2,
    Optional<TcpKeepalive> tcpKeepalive) {

  /** Nothing. */
  public static final DefaultTrafficPolicy NONE =
      new DefaultTrafficPolicy(Optional.empty(), Optional.empty(), false, Optional.empty());

  static DefaultTrafficPolicy of(MeshConfigDocument document) {
    return new DefaultTrafficPolicy(
        document.connectionPool(),
        document.outlierDetection(),
        document.h2UpgradePolicy() == H2UpgradePolicy.UPGRADE,
        document.tcpKeepalive());
  }
}
