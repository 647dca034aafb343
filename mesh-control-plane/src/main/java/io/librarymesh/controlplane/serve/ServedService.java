package io.librarymesh.controlplane.serve;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC services of xDS: the aggregated one, and those whose streams are about one type each,
 * for clients that do not use it. Their messages are the same. Responses are written as the bytes
 * that they are put together of.
 *
 * <p>Source: Envoy {@code service.discovery.v3.AggregatedDiscoveryService}, {@code
 * service.listener.v3.ListenerDiscoveryService} and its siblings. The unary {@code Fetch} methods
 * of these, made for polling over REST, are not served.
 */
enum ServedService {
  AGGREGATED(null, "discovery.v3.Aggregated", "AggregatedResources"),
  CLUSTER(ResourceType.CLUSTER, "cluster.v3.Cluster", "Clusters"),
  ENDPOINT(ResourceType.ENDPOINT, "endpoint.v3.Endpoint", "Endpoints"),
  LISTENER(ResourceType.LISTENER, "listener.v3.Listener", "Listeners"),
  ROUTE(ResourceType.ROUTE, "route.v3.Route", "Routes");

  private final @Nullable ResourceType type;
  private final String serviceName;
  private final String methodSuffix;

  ServedService(@Nullable ResourceType type, String prefix, String methodSuffix) {
    this.type = type;
    this.serviceName = "envoy.service." + prefix + "DiscoveryService";
    this.methodSuffix = methodSuffix;
  }

  /** Binds both variants to what accepts streams. */
  ServerServiceDefinition bind(DiscoveryService service) {
    Scope scope = type == null ? Scope.AGGREGATED : Scope.of(type);
    return ServerServiceDefinition.builder(serviceName)
        .addMethod(
            method("Stream", DiscoveryRequest.getDefaultInstance()),
            ServerCalls.<DiscoveryRequest, ResponseBytes>asyncBidiStreamingCall(
                responses -> service.stateOfTheWorld(scope, responses)))
        .addMethod(
            method("Delta", DeltaDiscoveryRequest.getDefaultInstance()),
            ServerCalls.<DeltaDiscoveryRequest, ResponseBytes>asyncBidiStreamingCall(
                responses -> service.incremental(scope, responses)))
        .build();
  }

  private <Q extends Message> MethodDescriptor<Q, ResponseBytes> method(String prefix, Q request) {
    return MethodDescriptor.<Q, ResponseBytes>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(
            MethodDescriptor.generateFullMethodName(serviceName, prefix + methodSuffix))
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ResponseBytes.MARSHALLER)
        .build();
  }
}
