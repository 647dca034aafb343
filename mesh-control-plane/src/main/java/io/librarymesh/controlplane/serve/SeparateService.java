package io.librarymesh.controlplane.serve;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;

/**
 * The gRPC services of xDS whose streams are about one type each, for clients that do not use the
 * aggregated one. Their messages are those of the aggregated service.
 *
 * <p>Source: Envoy {@code service.listener.v3.ListenerDiscoveryService} and its siblings. Their
 * unary {@code Fetch} methods, made for polling over REST, are not served.
 */
enum SeparateService {
  CLUSTER(ResourceType.CLUSTER, "cluster.v3.Cluster", "Clusters"),
  ENDPOINT(ResourceType.ENDPOINT, "endpoint.v3.Endpoint", "Endpoints"),
  LISTENER(ResourceType.LISTENER, "listener.v3.Listener", "Listeners"),
  ROUTE(ResourceType.ROUTE, "route.v3.Route", "Routes");

  private final ResourceType type;
  private final String serviceName;
  private final String methodSuffix;

  SeparateService(ResourceType type, String prefix, String methodSuffix) {
    this.type = type;
    this.serviceName = "envoy.service." + prefix + "DiscoveryService";
    this.methodSuffix = methodSuffix;
  }

  /** Binds both variants to what accepts streams. */
  ServerServiceDefinition bind(DiscoveryService service) {
    ClientStream.Scope scope = ClientStream.Scope.of(type);
    return ServerServiceDefinition.builder(serviceName)
        .addMethod(
            method(
                "Stream",
                DiscoveryRequest.getDefaultInstance(),
                DiscoveryResponse.getDefaultInstance()),
            ServerCalls.<DiscoveryRequest, DiscoveryResponse>asyncBidiStreamingCall(
                responses -> service.stateOfTheWorld(scope, responses)))
        .addMethod(
            method(
                "Delta",
                DeltaDiscoveryRequest.getDefaultInstance(),
                DeltaDiscoveryResponse.getDefaultInstance()),
            ServerCalls.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>asyncBidiStreamingCall(
                responses -> service.incremental(scope, responses)))
        .build();
  }

  private <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(
      String prefix, Q request, R response) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(
            MethodDescriptor.generateFullMethodName(serviceName, prefix + methodSuffix))
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(response))
        .build();
  }
}
