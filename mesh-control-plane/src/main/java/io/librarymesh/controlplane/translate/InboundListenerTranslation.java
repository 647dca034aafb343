package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import io.librarymesh.controlplane.istio.PeerAuthentication.Mode;
import io.librarymesh.controlplane.translate.SecurityPolicyIndex.WorkloadPolicies;
import io.librarymesh.proto.envoy.config.core.v3.Address;
import io.librarymesh.proto.envoy.config.core.v3.SocketAddress;
import io.librarymesh.proto.envoy.config.core.v3.TrafficDirection;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChainMatch;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a port of a workload asks of its callers, for the workload itself, by Istio's name for it:
 * {@code xds.istio.io/grpc/lds/inbound/ADDRESS:PORT}.
 *
 * <p>Source: Istio {@code pilot/pkg/networking/grpcgen/lds.go}.
 */
final class InboundListenerTranslation {
  private static final String PREFIX = "xds.istio.io/grpc/lds/inbound/";
  private static final int LAST_PORT = 65_535;

  private final ClientLookup lookup;

  InboundListenerTranslation(ClientLookup lookup) {
    this.lookup = lookup;
  }

  static boolean isInbound(String listener) {
    return listener.startsWith(PREFIX);
  }

  /** Empty where nothing is asked. */
  Optional<Listener> translate(String name) {
    return address(name)
        .flatMap(
            address -> mode(address.getPortValue()).map(mode -> listener(name, address, mode)));
  }

  static Absence absence(ClientLookup lookup, String name) {
    return Absence.notFound(
        address(name).isPresent()
            ? "no PeerAuthentication, AuthorizationPolicy or RequestAuthentication is for workloads of"
                + " the namespace "
                + lookup.view().namespace()
                + " with these labels, and this one has no identity"
            : "name: " + name + " (expected: " + PREFIX + "ADDRESS:PORT)");
  }

  private static Optional<SocketAddress> address(String name) {
    String place = name.substring(PREFIX.length());
    int colon = place.lastIndexOf(':');
    String port = place.substring(colon + 1);
    if (colon <= 0 || !port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > LAST_PORT) {
      return Optional.empty();
    }
    String address = place.substring(0, colon);
    boolean bracketed = address.startsWith("[") && address.endsWith("]");
    return Optional.of(
        SocketAddress.newBuilder()
            .setAddress(bracketed ? address.substring(1, address.length() - 1) : address)
            .setPortValue(Integer.parseInt(port))
            .build());
  }

  /**
   * Without policies a workload that has an identity takes mutual TLS besides plaintext, since it
   * may be called so; from others nothing is asked, but what policies ask of requests.
   */
  private Optional<Mode> mode(int port) {
    ClientView server = lookup.view();
    PeerAuthenticationIndex peers = lookup.peers(server.namespace());
    boolean isAsked =
        peers.concerns(server.namespace(), server.labels())
            || (server.identity() && !lookup.isGrpc());
    if (isAsked) {
      return Optional.of(peers.mode(server.namespace(), server.labels(), port));
    }
    return lookup.policies().isEmpty() ? Optional.empty() : Optional.of(Mode.DISABLE);
  }

  private Listener listener(String name, SocketAddress address, Mode mode) {
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(name)
            .setAddress(Address.newBuilder().setSocketAddress(address))
            .setTrafficDirection(TrafficDirection.INBOUND);
    List<Filter> filters = filters(address);
    if (lookup.isGrpc()) {
      return listener.addFilterChains(ofGrpc(filters, mode)).build();
    }
    if (mode != Mode.DISABLE) {
      listener.addFilterChains(
          chain(filters, "tls").setTransportSocket(mutual(ClientTlsTranslation.ownSecrets())));
    }
    if (mode != Mode.STRICT) {
      listener.addFilterChains(chain(filters, "raw_buffer"));
    }
    return listener.build();
  }

  private List<Filter> filters(SocketAddress address) {
    int port = address.getPortValue();
    WorkloadPolicies policies = policies(address);
    TrustDomains domains = new TrustDomains(lookup.meshConfig());
    if (!lookup.isGrpc()
        && !policies.isEmpty()
        && InboundPorts.isOpaque(lookup, address.getAddress(), port)) {
      return InboundFilters.ofConnections(policies, domains, port);
    }
    List<HttpFilter> filters =
        InboundFilters.ofRequests(
            policies,
            domains,
            new Authorizers(lookup.meshConfig(), lookup::service),
            lookup.isGrpc(),
            lookup::tokenKeys);
    return List.of(
        Filter.newBuilder()
            .setName("envoy.filters.network.http_connection_manager")
            .setTypedConfig(
                Packing.pack(ConnectionManagers.inbound(port, lookup.meshConfig(), filters)))
            .build());
  }

  private WorkloadPolicies policies(SocketAddress address) {
    WorkloadPolicies policies = lookup.policies();
    if (!PolicyPorts.areNamed(policies.authorization())) {
      return policies;
    }
    int port = address.getPortValue();
    Set<Integer> numbers = InboundPorts.numbers(lookup, address.getAddress(), port);
    return new WorkloadPolicies(
        PolicyPorts.with(policies.authorization(), port, numbers), policies.authentication());
  }

  private static FilterChain.Builder chain(List<Filter> filters, String protocol) {
    return FilterChain.newBuilder()
        .setName(protocol)
        .setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol(protocol))
        .addAllFilters(filters);
  }

  /**
   * Servers of gRPC know no more than one protocol on a port, and match none that is TLS; the
   * permissive ones stay with plaintext, as in Istio.
   */
  private static FilterChain ofGrpc(List<Filter> filters, Mode mode) {
    FilterChain.Builder chain = FilterChain.newBuilder().setName("all").addAllFilters(filters);
    return mode == Mode.STRICT
        ? chain.setTransportSocket(mutual(ClientTlsTranslation.ownProviders())).build()
        : chain.build();
  }

  private static TransportSocket mutual(CommonTlsContext secrets) {
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(
            Packing.pack(
                DownstreamTlsContext.newBuilder()
                    .setCommonTlsContext(secrets)
                    .setRequireClientCertificate(BoolValue.of(true))
                    .build()))
        .build();
  }
}
