package io.librarymesh.controlplane.registry;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One address that serves a service port.
 *
 * @param address an IP address, or a DNS name where the service's resolution is DNS
 * @param port 1 to 65535
 * @param labels labels of the workload behind it, sorted
 * @param workload name of the workload; empty when it has none
 * @param namespace namespace of the workload
 * @param locality {@code region/zone/subzone}, empty when none
 * @param weight at least 1
 * @param ready whether it takes requests
 * @param serviceAccount the account that the workload runs as, in its namespace; empty when that is
 *     not known
 * @param mutualTls whether it serves mutual TLS of the mesh
 */
public record ServiceEndpoint(
    String address,
    int port,
    Map<String, String> labels,
    String workload,
    String namespace,
    String locality,
    long weight,
    boolean ready,
    String serviceAccount,
    boolean mutualTls) {

  /** The label that says whether a workload serves mutual TLS of the mesh. */
  public static final String TLS_MODE = "security.istio.io/tlsMode";

  /** What the label says of one that does. */
  public static final String ISTIO = "istio";

  /** One whose account is not known, and which serves what its labels say. */
  public ServiceEndpoint(
      String address,
      int port,
      Map<String, String> labels,
      String workload,
      String namespace,
      String locality,
      long weight,
      boolean ready) {
    this(
        address,
        port,
        labels,
        workload,
        namespace,
        locality,
        weight,
        ready,
        "",
        servesMutualTls(labels));
  }

  /** Copies the labels. */
  public ServiceEndpoint {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  static boolean servesMutualTls(Map<String, String> labels) {
    return ISTIO.equals(labels.get(TLS_MODE));
  }

  /** {@code address:port}, IPv6 in brackets. */
  public String hostPort() {
    return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
  }
}
