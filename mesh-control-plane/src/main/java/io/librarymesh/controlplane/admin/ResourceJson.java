package io.librarymesh.controlplane.admin;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.librarymesh.proto.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.librarymesh.proto.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.librarymesh.proto.xds.type.v3.TypedStruct;
import java.util.Base64;
import java.util.List;

/**
 * Resources as JSON, with the names of fields that Envoy's documentation has. A message within of a
 * type that is not known is shown with its type and its bytes.
 */
final class ResourceJson {

  /** What a translation packs; each brings the types of its file and of those it imports. */
  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(
              List.<Descriptor>of(
                  Cluster.getDescriptor(),
                  ClusterLoadAssignment.getDescriptor(),
                  Listener.getDescriptor(),
                  RouteConfiguration.getDescriptor(),
                  HTTPFault.getDescriptor(),
                  Router.getDescriptor(),
                  StatefulSession.getDescriptor(),
                  HttpConnectionManager.getDescriptor(),
                  CookieBasedSessionState.getDescriptor(),
                  HeaderBasedSessionState.getDescriptor(),
                  PreviousHostsPredicate.getDescriptor(),
                  PreviousPrioritiesConfig.getDescriptor(),
                  HttpProtocolOptions.getDescriptor(),
                  TypedStruct.getDescriptor()))
          .build();

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .usingTypeRegistry(TYPES)
          .preservingProtoFieldNames()
          .omittingInsignificantWhitespace();

  private ResourceJson() {}

  /** The message with its type as {@code @type}. */
  static JsonElement of(Any resource) {
    try {
      return JsonParser.parseString(PRINTER.print(resource));
    } catch (InvalidProtocolBufferException e) {
      return opaque(resource);
    }
  }

  /** The bytes, for whoever knows the type. */
  private static JsonElement opaque(Any resource) {
    JsonObject json = new JsonObject();
    json.addProperty("@type", resource.getTypeUrl());
    json.addProperty(
        "value", Base64.getEncoder().encodeToString(resource.getValue().toByteArray()));
    return json;
  }
}
