package io.librarymesh.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.util.List;

/**
 * One of the four types of resources: its name on the wire and how it is read.
 *
 * @param <T> what is read
 */
final class ResourceType<T> {
  static final ResourceType<ListenerResource> LISTENER =
      of("Listener", Absence.DELETES, Listener.parser(), ListenerReader::read);

  static final ResourceType<RouteResource> ROUTE =
      of("RouteConfiguration", Absence.KEEPS, RouteConfiguration.parser(), RouteReader::read);

  static final ResourceType<ClusterResource> CLUSTER =
      of("Cluster", Absence.DELETES, Cluster.parser(), ClusterReader::read);

  static final ResourceType<LoadAssignment> ENDPOINTS =
      of(
          "ClusterLoadAssignment",
          Absence.KEEPS,
          ClusterLoadAssignment.parser(),
          EndpointReader::read);

  /** In the order in which a request for one leads to the next. */
  static final List<ResourceType<?>> ALL = List.of(LISTENER, ROUTE, CLUSTER, ENDPOINTS);

  /** What it means when a state-of-the-world response leaves out a resource that was there. */
  enum Absence {
    /** It is gone: such responses hold everything that is subscribed. */
    DELETES,
    /** Nothing changed. */
    KEEPS
  }

  /** All four messages have their name in this field. */
  private static final int NAME_FIELD = 1;

  private static final int NAME_TAG = NAME_FIELD << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private final String shortName;
  private final String typeUrl;
  private final Absence absence;
  private final Reading<T> reading;

  private ResourceType(String shortName, String typeUrl, Absence absence, Reading<T> reading) {
    this.shortName = shortName;
    this.typeUrl = typeUrl;
    this.absence = absence;
    this.reading = reading;
  }

  private static <M extends Message, T> ResourceType<T> of(
      String shortName, Absence absence, Parser<M> parser, MessageReader<M, T> reader) {
    M empty;
    try {
      empty = parser.parseFrom(ByteString.EMPTY);
    } catch (InvalidProtocolBufferException e) {
      throw new ExceptionInInitializerError(e);
    }
    String typeUrl = "type.googleapis.com/" + empty.getDescriptorForType().getFullName();
    return new ResourceType<>(
        shortName,
        typeUrl,
        absence,
        (bytes, findings) -> reader.read(parser.parseFrom(bytes), FieldPath.ROOT, findings));
  }

  /** Such as {@code Cluster}, for people. */
  String shortName() {
    return shortName;
  }

  /** Such as {@code type.googleapis.com/envoy.config.cluster.v3.Cluster}. */
  String typeUrl() {
    return typeUrl;
  }

  Absence absence() {
    return absence;
  }

  /**
   * The name that a serialized resource has, found without reading the rest; empty when it has
   * none.
   *
   * @throws InvalidProtocolBufferException when the bytes are no message
   */
  static String nameIn(ByteString bytes) throws InvalidProtocolBufferException {
    CodedInputStream input = bytes.newCodedInput();
    String name = "";
    try {
      for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
        if (tag == NAME_TAG) {
          name = input.readStringRequireUtf8();
        } else {
          input.skipField(tag);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
    return name;
  }

  /** Reads one resource. Never throws: whatever goes wrong refuses this resource and no other. */
  ReadResult<T> read(ByteString bytes) {
    Findings findings = new Findings();
    try {
      T value = reading.read(bytes, findings);
      return findings.hasErrors()
          ? new ReadResult.Refused<>(findings.errors())
          : new ReadResult.Accepted<>(value, findings.warnings());
    } catch (InvalidProtocolBufferException e) {
      return new ReadResult.Refused<>(
          List.of("not a " + shortName + " (expected: " + typeUrl + "; " + e.getMessage() + ")"));
    } catch (RuntimeException | StackOverflowError e) {
      // A record that refuses what the reader let through. The reader should have said it better.
      return new ReadResult.Refused<>(List.of("cannot be read (" + e + ")"));
    }
  }

  @Override
  public String toString() {
    return shortName;
  }

  private interface Reading<T> {
    T read(ByteString bytes, Findings findings) throws InvalidProtocolBufferException;
  }

  private interface MessageReader<M, T> {
    T read(M message, FieldPath root, Findings findings);
  }
}
