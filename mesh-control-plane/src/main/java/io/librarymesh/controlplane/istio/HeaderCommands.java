package io.librarymesh.controlplane.istio;

import java.util.Set;

/** The commands that the value of a header can have. Source: Envoy's command operators. */
final class HeaderCommands {
  /** Those that this project's client carries out. */
  static final Set<String> CARRIED_OUT =
      Set.of(
          "REQ",
          "RESP",
          "START_TIME",
          "PROTOCOL",
          "HOSTNAME",
          "ROUTE_NAME",
          "VIRTUAL_HOST_NAME",
          "CLUSTER_NAME",
          "UPSTREAM_CLUSTER",
          "UPSTREAM_HOST",
          "UPSTREAM_METADATA",
          "UPSTREAM_REMOTE_ADDRESS",
          "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
          "UPSTREAM_REMOTE_PORT",
          "UPSTREAM_REQUEST_ATTEMPT_COUNT",
          "RESPONSE_CODE",
          "RESPONSE_FLAGS");

  /** Those that Envoy knows and that have no value in a client. */
  static final Set<String> EMPTY =
      Set.of(
          "CONNECTION_ID",
          "DOWNSTREAM_DIRECT_LOCAL_ADDRESS",
          "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
          "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
          "DOWNSTREAM_DIRECT_REMOTE_PORT",
          "DOWNSTREAM_LOCAL_ADDRESS",
          "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
          "DOWNSTREAM_LOCAL_PORT",
          "DOWNSTREAM_LOCAL_SUBJECT",
          "DOWNSTREAM_LOCAL_URI_SAN",
          "DOWNSTREAM_PEER_CERT",
          "DOWNSTREAM_PEER_FINGERPRINT_256",
          "DOWNSTREAM_PEER_ISSUER",
          "DOWNSTREAM_PEER_SERIAL",
          "DOWNSTREAM_PEER_SUBJECT",
          "DOWNSTREAM_PEER_URI_SAN",
          "DOWNSTREAM_REMOTE_ADDRESS",
          "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
          "DOWNSTREAM_REMOTE_PORT",
          "DOWNSTREAM_TLS_CIPHER",
          "DOWNSTREAM_TLS_SESSION_ID",
          "DOWNSTREAM_TLS_VERSION",
          "DYNAMIC_METADATA",
          "FILTER_STATE",
          "PER_REQUEST_STATE",
          "REQUESTED_SERVER_NAME",
          "UPSTREAM_LOCAL_ADDRESS",
          "UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
          "UPSTREAM_LOCAL_PORT");

  private HeaderCommands() {}
}
