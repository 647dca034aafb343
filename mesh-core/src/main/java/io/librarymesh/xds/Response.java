package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The resources of one response, of either variant, on their way into a table. Whatever is wrong
 * with one is said of that one, and the others are taken (gRFC A46).
 */
final class Response {
  private final ResourceTable<?> table;
  private final int server;
  private final List<String> errors = new ArrayList<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> duplicates = new LinkedHashSet<>();
  private boolean namesAreKnown = true;

  Response(ResourceTable<?> table, int server) {
    this.table = table;
    this.server = server;
  }

  private record Entry(String version, Any resource) {}

  /** Adds a resource of an incremental response. */
  void addWrapped(int index, Resource wrapper) {
    add(index, wrapper.getName(), new Entry(wrapper.getVersion(), wrapper.getResource()));
  }

  /** Adds a resource of a state-of-the-world response, wrapped or not. */
  void addBare(int index, Any any, String version) {
    try {
      if (any.is(Resource.class)) {
        Resource wrapper = any.unpack(Resource.class);
        String name = wrapper.getName();
        add(
            index,
            name.isEmpty() ? ResourceType.nameIn(wrapper.getResource().getValue()) : name,
            new Entry(version, wrapper.getResource()));
      } else if (isOfType(any)) {
        add(index, ResourceType.nameIn(any.getValue()), new Entry(version, any));
      } else {
        unnamed(index, wrongType(any));
      }
    } catch (InvalidProtocolBufferException e) {
      unnamed(index, "cannot be decoded (expected: " + table.type() + "; " + e.getMessage() + ")");
    }
  }

  private void add(int index, String name, Entry entry) {
    if (name.isEmpty()) {
      unnamed(index, "no name (expected: one)");
    } else if (entries.put(name, entry) != null) {
      duplicates.add(name);
    }
  }

  private void unnamed(int index, String error) {
    namesAreKnown = false;
    errors.add("resources[" + index + "]: " + error);
  }

  private boolean isOfType(Any any) {
    return any.getTypeUrl().equals(table.type().typeUrl());
  }

  private String wrongType(Any any) {
    return any.getTypeUrl() + " (expected: " + table.type().typeUrl() + ")";
  }

  /** Hands every resource to the table. */
  void take() {
    entries.forEach(this::take);
  }

  private void take(String name, Entry entry) {
    Any resource = entry.resource();
    if (duplicates.contains(name)) {
      errors.addAll(table.refuse(name, "stands twice (expected: once in a response)", server));
    } else if (resource.getTypeUrl().isEmpty() && resource.getValue().isEmpty()) {
      return; // a heartbeat: the resource is as it was
    } else if (!isOfType(resource)) {
      errors.addAll(table.refuse(name, wrongType(resource), server));
    } else {
      errors.addAll(table.receive(name, entry.version(), resource.getValue(), server));
    }
  }

  /** Takes what the server says of resources that it does not send. */
  void takeErrors(List<ResourceError> resourceErrors) {
    for (ResourceError error : resourceErrors) {
      int code = error.getErrorDetail().getCode();
      String reason =
          Status.fromCodeValue(code).getCode() + " " + error.getErrorDetail().getMessage();
      String name = error.getResourceName().getName();
      if (code == Status.Code.NOT_FOUND.value()) {
        table.remove(name, reason, server);
      } else {
        table.withhold(name, reason, server);
      }
    }
  }

  boolean contains(String name) {
    return entries.containsKey(name);
  }

  boolean isEmpty() {
    return entries.isEmpty() && namesAreKnown;
  }

  /** Whether each resource could be told apart, so that it is known which ones are missing. */
  boolean namesAreKnown() {
    return namesAreKnown;
  }

  /** What was wrong, each with type and name where there is one. */
  List<String> errors() {
    return errors;
  }
}
