package io.librarymesh.xds;

import com.google.protobuf.Any;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundListener;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.InboundTls;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChainMatch;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.listener.v3.ListenerFilter;
import io.librarymesh.proto.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.librarymesh.proto.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what a port of a server asks for. Its filter chains say whether it takes TLS, plaintext or
 * both; all of them have to ask the same of requests.
 *
 * <p>What cannot be carried out is an error, never a warning: who was to be kept out would get in.
 *
 * <p>Source: Envoy {@code listener.v3.Listener}.
 */
final class InboundReader {
  private static final String HTTP_INSPECTOR =
      "envoy.extensions.filters.listener.http_inspector.v3.HttpInspector";

  private final Findings findings;
  private final List<Chain> chains = new ArrayList<>();

  private InboundReader(Findings findings) {
    this.findings = findings;
  }

  /** Empty, with an error added, when nothing can be made of it. */
  static Optional<InboundListener> read(Listener listener, FieldPath at, Findings findings) {
    FieldUse.report(
        listener.toBuilder()
            .clearFilterChains()
            .clearDefaultFilterChain()
            .clearListenerFilters()
            .clearListenerFiltersTimeout()
            .build(),
        at,
        findings);
    return new InboundReader(findings).read(listener, at);
  }

  private Optional<InboundListener> read(Listener listener, FieldPath at) {
    for (int i = 0; i < listener.getListenerFiltersCount(); i++) {
      listenerFilter(listener.getListenerFilters(i), at.element("listener_filters", i));
    }
    for (int i = 0; i < listener.getFilterChainsCount(); i++) {
      chain(listener.getFilterChains(i), at.element("filter_chains", i));
    }
    if (listener.hasDefaultFilterChain()) {
      chain(
          listener.getDefaultFilterChain().toBuilder().clearFilterChainMatch().build(),
          at.field("default_filter_chain"));
    }
    if (findings.hasErrors()) {
      return Optional.empty();
    }
    return listener(at.field("filter_chains"));
  }

  /** One that only looks is fine: TLS is told from plaintext by its first bytes here, too. */
  private void listenerFilter(ListenerFilter filter, FieldPath at) {
    Any config = filter.getTypedConfig();
    if (!config.is(TlsInspector.class) && !AnyReader.typeName(config).equals(HTTP_INSPECTOR)) {
      findings.error(
          at,
          filter.getName()
              + " ("
              + AnyReader.typeName(config)
              + ") (expected: the inspector of TLS or of HTTP)");
    }
  }

  /** Which of the connections a chain takes. */
  private enum Taken {
    TLS,
    RAW,
    /** Those that no other chain takes. */
    REST
  }

  private record Chain(Taken taken, Optional<InboundTls> tls, InboundPolicy policy, FieldPath at) {}

  private void chain(FilterChain chain, FieldPath at) {
    FieldUse.requireKnown(chain, at, findings);
    Taken taken = taken(chain.getFilterChainMatch(), at.field("filter_chain_match"));
    Optional<InboundTls> tls =
        chain.hasTransportSocket()
            ? socket(chain.getTransportSocket(), at.field("transport_socket"))
            : Optional.empty();
    policy(chain, at).ifPresent(policy -> chains.add(new Chain(taken, tls, policy, at)));
  }

  private Optional<InboundPolicy> policy(FilterChain chain, FieldPath at) {
    int last = chain.getFiltersCount() - 1;
    if (last == 0 && chain.getFilters(0).getTypedConfig().is(HttpConnectionManager.class)) {
      FieldPath place = at.element("filters", 0).field("typed_config");
      return AnyReader.unpack(
              chain.getFilters(0).getTypedConfig(), HttpConnectionManager.class, place, findings)
          .map(manager -> InboundManagerReader.read(manager, place, findings));
    }
    if (last >= 0
        && chain.getFilters(last).getTypedConfig().is(TcpProxy.class)
        && chain.getFiltersList().subList(0, last).stream()
            .allMatch(filter -> filter.getTypedConfig().is(RBAC.class))) {
      return Optional.of(ofConnections(chain.getFiltersList().subList(0, last), at));
    }
    findings.error(
        at.field("filters"),
        chain.getFiltersList().stream().map(Filter::getName).toList()
            + " (expected: one HttpConnectionManager, or RBAC filters and a TcpProxy)");
    return Optional.empty();
  }

  /** What is not HTTP is judged by its connections; where it goes is the server's own business. */
  private InboundPolicy ofConnections(List<Filter> filters, FieldPath at) {
    List<InboundFilter> read = new ArrayList<>();
    for (int i = 0; i < filters.size(); i++) {
      FieldPath place = at.element("filters", i).field("typed_config");
      AnyReader.unpack(filters.get(i).getTypedConfig(), RBAC.class, place, findings)
          .map(rbac -> RbacReader.ofConnections(rbac, place, findings))
          .ifPresent(read::add);
    }
    return new InboundPolicy(InboundPolicy.BASE, new ClientAddress(true, 0), read);
  }

  private Taken taken(FilterChainMatch match, FieldPath at) {
    FilterChainMatch others = match.toBuilder().clearTransportProtocol().build();
    if (!others.equals(FilterChainMatch.getDefaultInstance())) {
      List<String> names = new ArrayList<>();
      others.getAllFields().keySet().forEach(field -> names.add(field.getName()));
      findings.error(at, names + " (expected: transport_protocol and nothing else)");
    }
    return switch (match.getTransportProtocol()) {
      case "tls" -> Taken.TLS;
      case "raw_buffer" -> Taken.RAW;
      case "" -> Taken.REST;
      default -> {
        findings.error(
            at.field("transport_protocol"),
            match.getTransportProtocol() + " (expected: tls or raw_buffer)");
        yield Taken.REST;
      }
    };
  }

  private Optional<InboundTls> socket(TransportSocket socket, FieldPath at) {
    Any settings = socket.getTypedConfig();
    if (settings.is(RawBuffer.class)) {
      return Optional.empty();
    }
    FieldPath inside = at.field("typed_config");
    if (!settings.is(DownstreamTlsContext.class)) {
      findings.error(at, socket.getName() + " (expected: a DownstreamTlsContext or a RawBuffer)");
      return Optional.empty();
    }
    return AnyReader.unpack(settings, DownstreamTlsContext.class, inside, findings)
        .flatMap(context -> tls(context, inside));
  }

  private Optional<InboundTls> tls(DownstreamTlsContext context, FieldPath at) {
    FieldUse.report(context, at, findings);
    if (!context.getRequireClientCertificate().getValue()) {
      findings.error(
          at.field("require_client_certificate"), "not true (expected: true; TLS is mutual here)");
    }
    if (context.getRequireSni().getValue()) {
      findings.error(at.field("require_sni"), "true (expected: not set; it is not carried out)");
    }
    FieldPath place = at.field("common_tls_context");
    UpstreamTlsReader.Common common =
        UpstreamTlsReader.common(context.getCommonTlsContext(), place, findings);
    if (common.certificate() instanceof Certificate.None) {
      findings.error(place, "no certificate (expected: one)");
      return Optional.empty();
    }
    return Optional.of(
        new InboundTls(
            common.certificate(),
            common.trust(),
            common.names(),
            context.getCommonTlsContext().getAlpnProtocolsList(),
            common.oldest(),
            common.newest()));
  }

  private Optional<InboundListener> listener(FieldPath at) {
    Optional<Chain> tls = only(Taken.TLS);
    Optional<Chain> raw = only(Taken.RAW);
    Optional<Chain> rest = only(Taken.REST);
    Optional<Chain> secured = tls.or(() -> rest);
    Optional<Chain> plain = raw.or(() -> rest);
    tls.filter(chain -> chain.tls().isEmpty())
        .ifPresent(
            chain ->
                findings.error(
                    chain.at(), "TLS that is passed on (expected: a DownstreamTlsContext)"));
    raw.filter(chain -> chain.tls().isPresent())
        .ifPresent(
            chain ->
                findings.error(chain.at(), "TLS for plaintext (expected: no transport_socket)"));
    if (chains.isEmpty()) {
      findings.error(at, "none (expected: at least one)");
    } else if (chains.stream().map(Chain::policy).distinct().count() > 1) {
      findings.error(at, "ask for different things (expected: the same filters in each)");
    }
    if (findings.hasErrors()) {
      return Optional.empty();
    }
    Optional<InboundTls> spoken = secured.flatMap(Chain::tls);
    boolean plaintext = plain.filter(chain -> chain.tls().isEmpty()).isPresent();
    Mode mode = spoken.isEmpty() ? Mode.DISABLE : plaintext ? Mode.PERMISSIVE : Mode.STRICT;
    return Optional.of(new InboundListener(mode, spoken, chains.get(0).policy()));
  }

  private Optional<Chain> only(Taken taken) {
    List<Chain> found = chains.stream().filter(chain -> chain.taken() == taken).toList();
    if (found.size() > 1) {
      findings.error(
          found.get(1).at(), "takes the same as " + found.get(0).at() + " (expected: another)");
    }
    return found.stream().findFirst();
  }
}
