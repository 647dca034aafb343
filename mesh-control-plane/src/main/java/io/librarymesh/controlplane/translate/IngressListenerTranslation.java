package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import io.librarymesh.controlplane.istio.Gateway;
import io.librarymesh.controlplane.istio.ServerTlsSettings;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.translate.MergedGateway.Listening;
import io.librarymesh.controlplane.translate.MergedGateway.Server;
import io.librarymesh.proto.envoy.config.core.v3.Address;
import io.librarymesh.proto.envoy.config.core.v3.Pipe;
import io.librarymesh.proto.envoy.config.core.v3.SocketAddress;
import io.librarymesh.proto.envoy.config.core.v3.TrafficDirection;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChainMatch;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.listener.v3.ListenerFilter;
import io.librarymesh.proto.envoy.extensions.filters.http.cors.v3.Cors;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The listeners of a proxy at the edge.
 *
 * <p>Source: Istio {@code buildGatewayListeners}.
 */
final class IngressListenerTranslation {

  private static final String UNIX = "unix://";
  private static final String ANY_HOST = "*";

  private final ClientLookup lookup;
  private final Set<String> takenNames = new HashSet<>();

  IngressListenerTranslation(ClientLookup lookup) {
    this.lookup = lookup;
  }

  Optional<Listener> translate(String name) {
    return lookup.mergedGateway().listening(name).flatMap(this::listener);
  }

  /** Empty while there are servers, and no rules that say where connections go. */
  private Optional<Listener> listener(Listening listening) {
    List<FilterChain> chains = new ArrayList<>();
    if (listening.isPlainHttp()) {
      chains.add(http(listening, listening.servers().get(0), FilterChain.newBuilder()));
    } else {
      listening.servers().forEach(server -> chains.addAll(chains(listening, server)));
    }
    if (chains.isEmpty()) {
      return Optional.empty();
    }
    Listener.Builder listener =
        Listener.newBuilder()
            .setName(listening.name())
            .setAddress(address(listening))
            .setTrafficDirection(TrafficDirection.OUTBOUND)
            .addAllFilterChains(chains);
    if (chains.stream().anyMatch(c -> c.getFilterChainMatch().getServerNamesCount() > 0)) {
      listener.addListenerFilters(
          ListenerFilter.newBuilder()
              .setName("envoy.filters.listener.tls_inspector")
              .setTypedConfig(Packing.pack(TlsInspector.getDefaultInstance())));
    }
    return Optional.of(listener.build());
  }

  private static Address address(Listening listening) {
    if (listening.bind().startsWith(UNIX)) {
      String path = listening.bind().substring(UNIX.length());
      return Address.newBuilder().setPipe(Pipe.newBuilder().setPath(path)).build();
    }
    return Address.newBuilder()
        .setSocketAddress(
            SocketAddress.newBuilder().setAddress(listening.bind()).setPortValue(listening.port()))
        .build();
  }

  private List<FilterChain> chains(Listening listening, Server server) {
    Gateway.Server spec = server.spec();
    boolean ended = spec.isTls() && !tls(spec).mode().isPassthrough();
    if (spec.isTls() && !ended) {
      return passedThrough(server);
    }
    FilterChain.Builder chain = FilterChain.newBuilder();
    if (ended) {
      List<String> names = server.names().stream().filter(takenNames::add).toList();
      if (names.isEmpty()) {
        return List.of();
      }
      chain
          .setFilterChainMatch(names(names))
          .setTransportSocket(ServerTlsTranslation.translate(tls(spec), spec.isHttp()));
    }
    if (spec.isHttp()) {
      return List.of(http(listening, server, chain));
    }
    return tcp(server).map(filter -> List.of(chain.addFilters(filter).build())).orElse(List.of());
  }

  private static ServerTlsSettings tls(Gateway.Server spec) {
    return spec.tls().orElseThrow();
  }

  /** With {@code *} among them every connection is meant, those without a name included. */
  private static FilterChainMatch names(List<String> names) {
    return names.contains(ANY_HOST)
        ? FilterChainMatch.getDefaultInstance()
        : FilterChainMatch.newBuilder().addAllServerNames(names.stream().sorted().toList()).build();
  }

  private FilterChain http(Listening listening, Server server, FilterChain.Builder chain) {
    HttpConnectionManager.Builder manager =
        ConnectionManagers.withRoutes(server.routeName(), lookup.meshConfig())
            .setStatPrefix("outbound_" + listening.name())
            .setUseRemoteAddress(BoolValue.of(true))
            .setForwardClientCertDetails(ForwardClientCertDetails.SANITIZE_SET)
            .setSetCurrentClientCertDetails(
                SetCurrentClientCertDetails.newBuilder()
                    .setSubject(BoolValue.of(true))
                    .setCert(true)
                    .setDns(true)
                    .setUri(true))
            .addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType("websocket"))
            .addHttpFilters(
                ConnectionManagers.filter(CorsTranslation.FILTER, Cors.getDefaultInstance()))
            .addHttpFilters(
                ConnectionManagers.filter(
                    SessionTranslation.FILTER, StatefulSession.getDefaultInstance()));
    ConnectionManagers.addLastFilters(manager);
    return chain
        .setName(server.routeName())
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Packing.pack(manager.build())))
        .build();
  }

  /** The first rule for connections of which the VirtualService has a host of the server. */
  private Optional<Filter> tcp(Server server) {
    int port = server.spec().port().number();
    return OpaqueRouteSelection.tcpOfGateway(
            rulesOf(server), port, server.gateway().fullName(), lookup.view())
        .map(selection -> TcpProxyTranslation.translate(lookup, selection, port));
  }

  private List<FilterChain> passedThrough(Server server) {
    int port = server.spec().port().number();
    List<FilterChain> chains = new ArrayList<>();
    for (OpaqueRouteSelection.Named named :
        OpaqueRouteSelection.tlsOfGateway(
            rulesOf(server), port, server.gateway().fullName(), lookup.view())) {
      List<String> names =
          named.serverNames().stream()
              .filter(name -> !MergedGateway.isPartialWildcard(name))
              .filter(takenNames::add)
              .toList();
      if (!names.isEmpty()) {
        chains.add(
            FilterChain.newBuilder()
                .setFilterChainMatch(names(names))
                .addFilters(TcpProxyTranslation.translate(lookup, named.selection(), port))
                .build());
      }
    }
    return chains;
  }

  private List<VirtualService> rulesOf(Server server) {
    return lookup.virtualServicesOf(server.gateway()).stream()
        .filter(vs -> !IngressRouteTranslation.commonHosts(lookup, server, vs).isEmpty())
        .toList();
  }
}
