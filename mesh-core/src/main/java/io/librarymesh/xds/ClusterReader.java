package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.librarymesh.config.Cluster.Discovery;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.Hosts;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.StatusCodes;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.librarymesh.xds.ClusterResource.EndpointSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Reads a cluster. Source: Envoy {@code cluster.v3.Cluster}. */
final class ClusterReader {
  private static final long DEFAULT_CONNECT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Cluster message;
  private final FieldPath root;
  private final Findings findings;

  /** Which answers are failures. */
  private StatusCodes failures = StatusCodes.SERVER_ERRORS;

  private int maxRequestsPerConnection;
  private long idleNanos = io.librarymesh.config.HttpProtocolOptions.UNSAID;
  private long maxStreamNanos;

  private ClusterReader(Cluster message, FieldPath root, Findings findings) {
    this.message = message;
    this.root = root;
    this.findings = findings;
  }

  static ClusterResource read(Cluster message, FieldPath root, Findings findings) {
    FieldUse.report(message, root, findings);
    return new ClusterReader(message, root, findings).read();
  }

  private ClusterResource read() {
    Discovery discovery = discovery();
    readProtocolOptions();
    long connectTimeout =
        message.hasConnectTimeout()
            ? DurationReader.positiveNanos(
                message.getConnectTimeout(), root.field("connect_timeout"), findings)
            : DEFAULT_CONNECT_TIMEOUT_NANOS;
    OutlierDetection outlierDetection =
        message.hasOutlierDetection()
            ? OutlierDetectionReader.read(
                message.getOutlierDetection(), failures, root.field("outlier_detection"), findings)
            : OutlierDetection.NONE;
    return new ClusterResource(
        new io.librarymesh.config.Cluster(
            message.getName(),
            discovery,
            LoadBalancingReader.read(message, root, findings),
            connectTimeout,
            CircuitBreakersReader.read(
                message.getCircuitBreakers(), root.field("circuit_breakers"), findings),
            outlierDetection,
            ConfigMetadata.origin(message.getMetadata()),
            new io.librarymesh.config.HttpProtocolOptions(
                maxRequestsPerConnection, idleNanos, maxStreamNanos),
            TransportSocketReader.read(message, root, findings)),
        endpoints(discovery));
  }

  private Discovery discovery() {
    if (message.hasClusterType()) {
      return customDiscovery();
    }
    return switch (message.getType()) {
      case EDS, STATIC -> Discovery.ENDPOINTS;
      case STRICT_DNS -> DnsReader.read(message, Hosts.EACH_ADDRESS, root, findings);
      case LOGICAL_DNS -> DnsReader.read(message, Hosts.ONE_FOR_THE_NAME, root, findings);
      case ORIGINAL_DST -> Discovery.ORIGINAL_DESTINATION;
      case UNRECOGNIZED -> {
        findings.error(
            root.field("type"),
            message.getTypeValue() + " (expected: EDS, STATIC, DNS, ORIGINAL_DST)");
        yield Discovery.ENDPOINTS;
      }
    };
  }

  private Discovery customDiscovery() {
    FieldPath at = root.field("cluster_type");
    Any settings = message.getClusterType().getTypedConfig();
    if (!settings.is(DnsCluster.class)) {
      findings.error(
          at,
          message.getClusterType().getName() + " (expected: type EDS, STATIC, DNS, ORIGINAL_DST)");
      return Discovery.ENDPOINTS;
    }
    DnsCluster dns =
        AnyReader.unpack(settings, DnsCluster.class, at, findings)
            .orElse(DnsCluster.getDefaultInstance());
    FieldUse.report(dns, at, findings);
    return DnsReader.read(dns, at, findings);
  }

  private EndpointSource endpoints(Discovery discovery) {
    if (discovery instanceof DnsDiscovery dns) {
      checkCount(dns);
      return inline(EndpointReader.Address.IP_OR_NAME);
    }
    if (message.hasClusterType()) {
      return new EndpointSource.Inline(LoadAssignment.EMPTY);
    }
    return switch (message.getType()) {
      case EDS -> {
        FieldPath at = root.field("eds_cluster_config");
        ListenerReader.requireAds(
            message.getEdsClusterConfig().getEdsConfig(), at.field("eds_config"), findings);
        String service = message.getEdsClusterConfig().getServiceName();
        yield new EndpointSource.Named(service.isEmpty() ? message.getName() : service);
      }
      case STATIC -> inline(EndpointReader.Address.IP);
      case STRICT_DNS, LOGICAL_DNS, ORIGINAL_DST, UNRECOGNIZED ->
          new EndpointSource.Inline(LoadAssignment.EMPTY);
    };
  }

  /** A name that is one host stands for the whole cluster. */
  private void checkCount(DnsDiscovery dns) {
    int count =
        message.getLoadAssignment().getEndpointsList().stream()
            .mapToInt(locality -> locality.getLbEndpointsCount())
            .sum();
    if (dns.hosts() == Hosts.ONE_FOR_THE_NAME && count != 1) {
      findings.error(
          root.field("load_assignment"), count + " endpoints (expected: 1 with LOGICAL_DNS)");
    }
  }

  private EndpointSource inline(EndpointReader.Address addresses) {
    FieldPath at = root.field("load_assignment");
    return new EndpointSource.Inline(
        EndpointReader.readInline(message.getLoadAssignment(), addresses, at, findings));
  }

  /** Checks them, and notes down what they say of use here. */
  private void readProtocolOptions() {
    maxRequestsPerConnection = limit(message.getMaxRequestsPerConnection());
    for (Map.Entry<String, Any> entry : message.getTypedExtensionProtocolOptionsMap().entrySet()) {
      FieldPath at = root.entry("typed_extension_protocol_options", entry.getKey());
      if (entry.getValue().is(HttpProtocolOptions.class)) {
        HttpProtocolOptions options =
            AnyReader.unpack(entry.getValue(), HttpProtocolOptions.class, at, findings)
                .orElse(HttpProtocolOptions.getDefaultInstance());
        FieldUse.report(options, at, findings);
        failures = ErrorMatcherReader.read(options, at, findings);
        readCommon(
            options.getCommonHttpProtocolOptions(), at.field("common_http_protocol_options"));
      } else {
        findings.warn(at, "not carried out");
      }
    }
  }

  private void readCommon(
      io.librarymesh.proto.envoy.config.core.v3.HttpProtocolOptions common, FieldPath at) {
    if (common.hasMaxRequestsPerConnection()) {
      maxRequestsPerConnection = limit(common.getMaxRequestsPerConnection());
    }
    if (common.hasIdleTimeout()) {
      idleNanos = DurationReader.nanos(common.getIdleTimeout(), at.field("idle_timeout"), findings);
    }
    maxStreamNanos =
        DurationReader.nanos(
            common.getMaxStreamDuration(), at.field("max_stream_duration"), findings);
  }

  /** Beyond what an int holds there is no limit to notice. */
  private static int limit(UInt32Value requests) {
    return requests.getValue() < 0 ? 0 : requests.getValue();
  }
}
