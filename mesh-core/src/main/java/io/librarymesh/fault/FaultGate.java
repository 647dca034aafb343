package io.librarymesh.fault;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.route.HeaderMatcher;
import io.librarymesh.route.RequestHead;
import java.util.Set;

/** What a request itself must be like to get a fault; its cluster is asked for elsewhere. */
final class FaultGate {
  private static final String NODE = "x-envoy-downstream-service-node";

  private final Set<String> nodes;
  private final HeaderMatcher[] headers;

  FaultGate(FaultInjection.Gate gate) {
    nodes = gate.downstreamNodes();
    headers = gate.headers().stream().map(HeaderMatcher::compile).toArray(HeaderMatcher[]::new);
  }

  boolean isOpen() {
    return nodes.isEmpty() && headers.length == 0;
  }

  boolean lets(RequestHead head) {
    if (!nodes.isEmpty()) {
      String node = head.header(NODE);
      if (node == null || !nodes.contains(node)) {
        return false;
      }
    }
    for (HeaderMatcher header : headers) {
      if (!header.matches(head)) {
        return false;
      }
    }
    return true;
  }
}
