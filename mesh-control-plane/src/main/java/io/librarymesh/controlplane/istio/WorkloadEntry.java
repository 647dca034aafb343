package io.librarymesh.controlplane.istio;

import java.util.Map;
import java.util.Optional;

/**
 * A workload that is no Pod; {@code networking.istio.io/WorkloadEntry}.
 *
 * @param position where the document begins
 * @param metadata name and namespace; its labels override those of the spec
 * @param spec the workload
 */
public record WorkloadEntry(SourcePosition position, Metadata metadata, Spec spec)
    implements Resource {

  @Override
  public Kind kind() {
    return Kind.WORKLOAD_ENTRY;
  }

  /**
   * A workload's address and properties; also an entry of {@link ServiceEntry#endpoints}.
   *
   * @param position where the entry begins
   * @param address IP address, DNS name or {@code unix://} path; absent only with a network
   * @param ports the workload's port by service port name, where it differs
   * @param labels labels for selectors and subsets
   * @param network the network it is in, empty when none
   * @param locality {@code region/zone/subzone}, empty when none
   * @param weight relative weight; 1 when none or 0 was written
   * @param serviceAccount the account it runs as, empty when none
   */
  public record Spec(
      SourcePosition position,
      Optional<String> address,
      Map<String, Integer> ports,
      Map<String, String> labels,
      String network,
      String locality,
      long weight,
      String serviceAccount) {

    /** Copies the maps, keeping their order. */
    public Spec {
      ports = Copies.ordered(ports);
      labels = Copies.ordered(labels);
    }
  }
}
