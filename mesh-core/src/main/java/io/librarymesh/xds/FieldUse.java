package io.librarymesh.xds;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which fields of a resource are carried out, so that all others can be named to whoever wrote
 * them. What is not in the tables below is reported when it is set, fields this library has never
 * heard of included.
 */
final class FieldUse {
  /**
   * Fields that the readers read, or refuse themselves when they cannot be carried out. Numbers are
   * fields that the messages do not know.
   */
  private static final String CARRIED_OUT =
      """
      envoy.config.listener.v3.Listener: name api_listener metadata
      envoy.config.listener.v3.ApiListener: api_listener
      envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: \
        rds route_config http_filters common_http_protocol_options stream_idle_timeout \
        normalize_path merge_slashes path_with_escaped_slashes_action
      envoy.config.core.v3.HttpProtocolOptions: \
        max_stream_duration idle_timeout max_requests_per_connection
      envoy.extensions.filters.network.http_connection_manager.v3.Rds: config_source route_config_name
      envoy.extensions.filters.http.router.v3.Router:
      envoy.extensions.filters.http.fault.v3.HTTPFault: \
        delay abort upstream_cluster headers downstream_nodes max_active_faults \
        response_rate_limit
      envoy.extensions.filters.http.fault.v3.FaultAbort: \
        http_status percentage grpc_status header_abort
      envoy.extensions.filters.common.fault.v3.FaultDelay: fixed_delay percentage header_delay
      envoy.extensions.filters.common.fault.v3.FaultRateLimit: \
        fixed_limit percentage header_limit
      envoy.extensions.filters.common.fault.v3.FaultRateLimit.FixedLimit: limit_kbps
      envoy.extensions.filters.http.stateful_session.v3.StatefulSession: session_state strict
      envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute: \
        disabled stateful_session
      envoy.type.http.v3.Cookie: name ttl path 4
      envoy.config.core.v3.ConfigSource: ads self
      envoy.config.route.v3.RouteConfiguration: \
        name virtual_hosts ignore_port_in_host_matching max_direct_response_body_size_bytes \
        request_headers_to_add request_headers_to_remove response_headers_to_add \
        response_headers_to_remove most_specific_header_mutations_wins typed_per_filter_config \
        request_mirror_policies
      envoy.config.route.v3.VirtualHost: \
        name domains routes include_request_attempt_count include_attempt_count_in_response \
        include_is_timeout_retry_header \
        request_headers_to_add request_headers_to_remove response_headers_to_add \
        response_headers_to_remove retry_policy typed_per_filter_config metadata \
        request_mirror_policies hedge_policy
      envoy.config.route.v3.Route: \
        name match route redirect direct_response non_forwarding_action metadata \
        request_headers_to_add request_headers_to_remove response_headers_to_add \
        response_headers_to_remove typed_per_filter_config
      envoy.config.route.v3.RouteMatch: \
        prefix path safe_regex path_separated_prefix path_match_policy case_sensitive \
        runtime_fraction headers query_parameters grpc
      envoy.config.route.v3.HeaderMatcher: \
        name exact_match safe_regex_match range_match present_match prefix_match suffix_match \
        contains_match string_match invert_match treat_missing_header_as_empty
      envoy.config.route.v3.QueryParameterMatcher: name string_match present_match
      envoy.type.matcher.v3.StringMatcher: exact prefix suffix safe_regex contains ignore_case
      envoy.config.route.v3.RouteAction: \
        cluster cluster_header weighted_clusters cluster_specifier_plugin \
        cluster_not_found_response_code metadata_match timeout retry_policy max_stream_duration \
        max_grpc_timeout grpc_timeout_offset idle_timeout \
        priority prefix_rewrite regex_rewrite path_rewrite_policy host_rewrite_literal \
        host_rewrite_header host_rewrite_path_regex auto_host_rewrite append_x_forwarded_host \
        hash_policy request_mirror_policies hedge_policy
      envoy.config.route.v3.RouteAction.RequestMirrorPolicy: \
        cluster cluster_header runtime_fraction disable_shadow_host_suffix_append
      envoy.config.route.v3.RouteAction.HashPolicy: \
        header cookie connection_properties query_parameter filter_state terminal
      envoy.config.route.v3.RouteAction.HashPolicy.Header: header_name regex_rewrite
      envoy.config.route.v3.RouteAction.HashPolicy.Cookie: name ttl path attributes
      envoy.config.route.v3.RouteAction.HashPolicy.CookieAttribute: name value
      envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties: source_ip
      envoy.config.route.v3.RouteAction.HashPolicy.QueryParameter: name
      envoy.config.route.v3.RouteAction.MaxStreamDuration: \
        max_stream_duration grpc_timeout_header_max grpc_timeout_header_offset
      envoy.config.route.v3.WeightedCluster: clusters
      envoy.config.route.v3.WeightedCluster.ClusterWeight: \
        name cluster_header weight metadata_match request_headers_to_add request_headers_to_remove \
        response_headers_to_add response_headers_to_remove host_rewrite_literal
      envoy.config.core.v3.HeaderValueOption: header append append_action keep_empty_value
      envoy.config.core.v3.HeaderValue: key value raw_value
      envoy.config.route.v3.RetryPolicy: \
        retry_on num_retries per_try_timeout per_try_idle_timeout retry_host_predicate retry_priority \
        host_selection_retry_max_attempts retriable_status_codes retry_back_off \
        retriable_headers retriable_request_headers rate_limited_retry_back_off
      envoy.config.route.v3.HedgePolicy: \
        initial_requests additional_request_chance hedge_on_per_try_timeout
      envoy.config.route.v3.RetryPolicy.RetryBackOff: base_interval max_interval
      envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff: reset_headers max_interval
      envoy.config.route.v3.RetryPolicy.ResetHeader: name format
      envoy.config.route.v3.RedirectAction: \
        https_redirect scheme_redirect host_redirect port_redirect path_redirect prefix_rewrite \
        regex_rewrite response_code strip_query
      envoy.config.route.v3.DirectResponseAction: status body
      envoy.type.matcher.v3.RegexMatchAndSubstitute: pattern substitution
      envoy.config.cluster.v3.Cluster: \
        name type cluster_type eds_cluster_config connect_timeout lb_policy load_assignment \
        circuit_breakers outlier_detection common_lb_config least_request_lb_config \
        round_robin_lb_config ring_hash_lb_config maglev_lb_config \
        transport_socket transport_socket_matches load_balancing_policy \
        typed_extension_protocol_options dns_refresh_rate dns_jitter dns_failure_refresh_rate \
        respect_dns_ttl dns_lookup_family metadata lb_subset_config max_requests_per_connection
      envoy.config.cluster.v3.Cluster.LbSubsetConfig: \
        fallback_policy default_subset subset_selectors locality_weight_aware \
        scale_locality_weight panic_mode_any list_as_any metadata_fallback_policy
      envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector: \
        keys single_host_per_subset fallback_policy fallback_keys_subset
      envoy.config.cluster.v3.Cluster.TransportSocketMatch: name match transport_socket
      envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext: \
        common_tls_context require_client_certificate require_sni
      envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext: \
        common_tls_context sni auto_host_sni auto_sni_san_validation
      envoy.extensions.transport_sockets.tls.v3.CommonTlsContext: \
        tls_params tls_certificates tls_certificate_sds_secret_configs \
        tls_certificate_provider_instance tls_certificate_certificate_provider_instance \
        validation_context validation_context_sds_secret_config combined_validation_context \
        validation_context_certificate_provider_instance alpn_protocols
      envoy.extensions.transport_sockets.tls.v3.TlsParameters: \
        tls_minimum_protocol_version tls_maximum_protocol_version
      envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext: \
        default_validation_context validation_context_sds_secret_config \
        validation_context_certificate_provider_instance
      envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext: \
        trusted_ca ca_certificate_provider_instance system_root_certs \
        verify_certificate_spki verify_certificate_hash match_typed_subject_alt_names \
        match_subject_alt_names require_signed_certificate_timestamp crl \
        trust_chain_verification max_verify_depth
      envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher: san_type matcher
      envoy.extensions.transport_sockets.tls.v3.TlsCertificate: certificate_chain private_key
      envoy.config.cluster.v3.Cluster.RefreshRate: base_interval max_interval
      envoy.extensions.clusters.dns.v3.DnsCluster: \
        dns_refresh_rate dns_failure_refresh_rate respect_dns_ttl dns_jitter dns_lookup_family \
        all_addresses_in_single_endpoint
      envoy.extensions.clusters.dns.v3.DnsCluster.RefreshRate: base_interval max_interval
      envoy.config.cluster.v3.Cluster.EdsClusterConfig: eds_config service_name
      envoy.config.cluster.v3.Cluster.CommonLbConfig: \
        healthy_panic_threshold consistent_hashing_lb_config locality_weighted_lb_config \
        override_host_status
      envoy.config.cluster.v3.Cluster.CommonLbConfig.ConsistentHashingLbConfig: \
        use_hostname_for_hashing hash_balance_factor
      envoy.config.cluster.v3.Cluster.LeastRequestLbConfig: \
        choice_count active_request_bias slow_start_config
      envoy.config.cluster.v3.Cluster.RingHashLbConfig: \
        minimum_ring_size maximum_ring_size hash_function
      envoy.config.cluster.v3.Cluster.MaglevLbConfig: table_size
      envoy.config.core.v3.RuntimeDouble: default_value
      envoy.config.cluster.v3.Cluster.RoundRobinLbConfig: slow_start_config
      envoy.config.cluster.v3.Cluster.SlowStartConfig: \
        slow_start_window aggression min_weight_percent
      envoy.config.cluster.v3.CircuitBreakers: thresholds
      envoy.config.cluster.v3.CircuitBreakers.Thresholds: \
        priority max_connections max_pending_requests max_requests max_retries retry_budget
      envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget: \
        budget_percent min_retry_concurrency
      envoy.config.cluster.v3.OutlierDetection: \
        consecutive_5xx interval base_ejection_time max_ejection_percent \
        enforcing_consecutive_5xx enforcing_success_rate consecutive_gateway_failure \
        enforcing_consecutive_gateway_failure split_external_local_origin_errors \
        consecutive_local_origin_failure enforcing_consecutive_local_origin_failure \
        enforcing_local_origin_success_rate enforcing_failure_percentage \
        enforcing_failure_percentage_local_origin max_ejection_time \
        success_rate_minimum_hosts success_rate_request_volume success_rate_stdev_factor \
        failure_percentage_threshold failure_percentage_minimum_hosts \
        failure_percentage_request_volume max_ejection_time_jitter always_eject_one_host
      envoy.config.cluster.v3.LoadBalancingPolicy: policies
      envoy.config.cluster.v3.LoadBalancingPolicy.Policy: typed_extension_config
      envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin: \
        slow_start_config locality_lb_config
      envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest: \
        choice_count active_request_bias selection_method slow_start_config locality_lb_config
      envoy.extensions.load_balancing_policies.random.v3.Random: locality_lb_config
      envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality: \
        endpoint_picking_policy
      envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash: \
        hash_function minimum_ring_size maximum_ring_size use_hostname_for_hashing \
        hash_balance_factor consistent_hashing_lb_config locality_weighted_lb_config
      envoy.extensions.load_balancing_policies.maglev.v3.Maglev: \
        table_size consistent_hashing_lb_config locality_weighted_lb_config
      envoy.extensions.load_balancing_policies.subset.v3.Subset: \
        fallback_policy default_subset subset_selectors allow_redundant_keys \
        locality_weight_aware scale_locality_weight panic_mode_any list_as_any \
        metadata_fallback_policy subset_lb_policy
      envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetSelector: \
        keys single_host_per_subset fallback_policy fallback_keys_subset
      envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig: \
        locality_weighted_lb_config
      envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig: \
        slow_start_window aggression min_weight_percent
      envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig: \
        use_hostname_for_hashing hash_balance_factor
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions: \
        explicit_http_config use_downstream_protocol_config auto_config 8 \
        common_http_protocol_options
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig: \
        http_protocol_options
      envoy.config.endpoint.v3.ClusterLoadAssignment: cluster_name endpoints policy
      envoy.config.endpoint.v3.ClusterLoadAssignment.Policy: \
        overprovisioning_factor weighted_priority_health drop_overloads
      envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload: \
        category drop_percentage
      envoy.config.endpoint.v3.LocalityLbEndpoints: \
        locality lb_endpoints priority load_balancing_weight
      envoy.config.endpoint.v3.LbEndpoint: \
        endpoint endpoint_name health_status metadata load_balancing_weight
      envoy.config.endpoint.v3.Endpoint: address hostname
      envoy.config.core.v3.Address: socket_address pipe
      envoy.config.core.v3.SocketAddress: protocol address port_value named_port
      """;

  /**
   * Fields that change nothing in a client that calls over HTTP: names for statistics and traces, a
   * server's side of a listener, runtime keys (there is no runtime layer), and settings of
   * something that is reported as a whole. Numbers are fields that the messages were trimmed of.
   */
  private static final String WITHOUT_EFFECT =
      """
      envoy.config.listener.v3.Listener: stat_prefix address traffic_direction bind_to_port
      envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: \
        stat_prefix forward_client_cert_details set_current_client_cert_details \
        7 13 15 21 37
      envoy.extensions.filters.http.router.v3.Router: dynamic_stats suppress_envoy_headers 3 7 9
      envoy.extensions.filters.http.fault.v3.HTTPFault: 8 9 10 11 12 13 14 15 16
      envoy.config.core.v3.ConfigSource: resource_api_version
      envoy.config.route.v3.RouteConfiguration: metadata validate_clusters
      envoy.config.route.v3.Route: stat_prefix 5 15
      envoy.config.route.v3.RouteAction.RequestMirrorPolicy: trace_sampled
      envoy.config.route.v3.WeightedCluster: total_weight runtime_key_prefix
      envoy.config.cluster.v3.Cluster: \
        alt_stat_name ignore_health_on_host_removal lrs_server lrs_report_endpoint_metrics
      envoy.config.cluster.v3.Cluster.CommonLbConfig: \
        update_merge_window ignore_new_hosts_until_first_hc
      envoy.config.cluster.v3.CircuitBreakers.Thresholds: track_remaining
      envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext: \
        allow_renegotiation max_session_keys enforce_rsa_key_usage
      envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext: \
        only_verify_leaf_cert_crl
      envoy.config.cluster.v3.OutlierDetection: successful_active_health_check_uneject_host
      envoy.config.endpoint.v3.LocalityLbEndpoints: metadata
      envoy.config.endpoint.v3.Endpoint: 2
      envoy.config.core.v3.RuntimeDouble: runtime_key
      """;

  private static final Map<String, Set<String>> CARRIED = table(CARRIED_OUT);
  private static final Map<String, Set<String>> EFFECTLESS = table(WITHOUT_EFFECT);
  private static final Map<Descriptor, FieldUse> BY_TYPE = new ConcurrentHashMap<>();

  private final String type;
  private final List<FieldDescriptor> unused = new ArrayList<>();
  private final List<FieldDescriptor> messages = new ArrayList<>();
  private final Set<String> known;

  private FieldUse(Descriptor descriptor) {
    type = descriptor.getFullName();
    Set<String> carried = CARRIED.getOrDefault(type, Set.of());
    known = new HashSet<>(EFFECTLESS.getOrDefault(type, Set.of()));
    known.addAll(carried);
    for (FieldDescriptor field : descriptor.getFields()) {
      if (!known.contains(field.getName())) {
        unused.add(field);
      } else if (carried.contains(field.getName()) && isReadFurther(field)) {
        messages.add(field);
      }
    }
  }

  private static boolean isReadFurther(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && !field.isMapField()
        && CARRIED.containsKey(field.getMessageType().getFullName());
  }

  /** Warns about each field, at any depth, that is set and not carried out. */
  static void report(Message message, FieldPath at, Findings findings) {
    FieldUse use = BY_TYPE.computeIfAbsent(message.getDescriptorForType(), FieldUse::new);
    for (FieldDescriptor field : use.unused) {
      if (isSet(message, field)) {
        findings.warn(at.field(field.getName()), "not carried out");
      }
    }
    if (!message.getUnknownFields().isEmpty()) {
      use.reportUnknown(message, at, findings);
    }
    for (FieldDescriptor field : use.messages) {
      if (field.isRepeated()) {
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
          report(
              (Message) message.getRepeatedField(field, i),
              at.element(field.getName(), i),
              findings);
        }
      } else if (message.hasField(field)) {
        report((Message) message.getField(field), at.field(field.getName()), findings);
      }
    }
  }

  private void reportUnknown(Message message, FieldPath at, Findings findings) {
    for (int number : message.getUnknownFields().asMap().keySet()) {
      if (!known.contains(Integer.toString(number))) {
        findings.warn(at, "field " + number + " of " + type + " not carried out");
      }
    }
  }

  private static boolean isSet(Message message, FieldDescriptor field) {
    if (field.isRepeated()) {
      return message.getRepeatedFieldCount(field) > 0;
    }
    // A switch that is off asks for nothing.
    return message.hasField(field)
        && !(message.getField(field) instanceof BoolValue flag && !flag.getValue());
  }

  /** Adds an error for a field that the messages were trimmed of: here it would be a condition. */
  static void requireKnown(Message message, FieldPath at, Findings findings) {
    for (int number : message.getUnknownFields().asMap().keySet()) {
      findings.error(
          at,
          "field "
              + number
              + " of "
              + message.getDescriptorForType().getFullName()
              + " (expected: a condition that this client can check)");
    }
  }

  /** Every field that the tables name, with its type. */
  static Set<String> namedFields() {
    Set<String> names = new HashSet<>();
    for (Map<String, Set<String>> table : List.of(CARRIED, EFFECTLESS)) {
      table.forEach((type, fields) -> fields.forEach(field -> names.add(type + "." + field)));
    }
    names.removeIf(name -> Character.isDigit(name.charAt(name.lastIndexOf('.') + 1)));
    return names;
  }

  private static Map<String, Set<String>> table(String lines) {
    Map<String, Set<String>> table = new HashMap<>();
    for (String line : lines.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        Set<String> fields = new HashSet<>(List.of(line.substring(colon + 1).strip().split(" +")));
        fields.remove("");
        table.put(line.substring(0, colon), fields);
      }
    }
    return table;
  }
}
