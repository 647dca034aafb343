package io.librarymesh.controlplane.serve;

import io.grpc.Status;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The way to one client: writes responses in one variant of the protocol. */
interface Outgoing {

  /**
   * What a message may hold at most; a response that is larger is sent in parts where the protocol
   * allows that. Receivers of gRPC take 4 MiB unless told otherwise.
   */
  int MAX_BYTES = 3 << 20;

  /**
   * One response.
   *
   * @param nonce unique on the stream
   * @param removed names that are gone
   * @param absences why there is nothing of some names, by name
   */
  record Response(
      ResourceType type,
      String nonce,
      List<EncodedResource> resources,
      List<String> removed,
      Map<String, Absence> absences) {}

  /** Whether the transport takes more without queueing; it says so later when it does not now. */
  boolean isReady();

  /** Writes one response. */
  void send(Response response);

  /** Ends the stream; with {@link Status#OK} it is complete, and the client is free to return. */
  void close(Status status);

  /** Parts that are each small enough, in order; one empty part when there is nothing. */
  static List<List<EncodedResource>> parts(List<EncodedResource> resources) {
    List<List<EncodedResource>> parts = new ArrayList<>();
    List<EncodedResource> part = new ArrayList<>();
    long size = 0;
    for (EncodedResource resource : resources) {
      int bytes = resource.size(Variant.INCREMENTAL);
      if (!part.isEmpty() && size + bytes > MAX_BYTES) {
        parts.add(part);
        part = new ArrayList<>();
        size = 0;
      }
      part.add(resource);
      size += bytes;
    }
    parts.add(part);
    return parts;
  }
}
