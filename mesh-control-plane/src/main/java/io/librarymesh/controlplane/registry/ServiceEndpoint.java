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
 */
public record ServiceEndpoint(
    String address,
    int port,
    Map<String, String> labels,
    String workload,
    String namespace,
    String locality,
    long weight,
    boolean ready) {

  /** Copies the labels. */
  public ServiceEndpoint {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** {@code address:port}, IPv6 in brackets. */
  public String hostPort() {
    return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
  }
}
