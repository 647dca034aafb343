package io.librarymesh.controlplane.serve;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.translate.Packing;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * A resource in the bytes in which it is sent, made once and shared by all clients and by both
 * variants of the protocol: the field of a response that holds it, tag and length included. What
 * the field holds in the state-of-the-world variant is a part of what it holds in the incremental
 * one, and both have the same number.
 */
final class EncodedResource {

  private static final int VERSION_BYTES = 8;

  private final String name;
  private final String version;
  private final byte[] field;
  private final int contentBegin;
  private final int contentEnd;
  private final long digest;
  private final Instant madeAt;

  /** Under which number an index last had it; confined to the state executor. */
  private int lastNumber;

  private EncodedResource(
      String name,
      String version,
      byte[] field,
      int contentBegin,
      int contentEnd,
      long digest,
      Instant madeAt) {
    this.name = name;
    this.version = version;
    this.field = field;
    this.contentBegin = contentBegin;
    this.contentEnd = contentEnd;
    this.digest = digest;
    this.madeAt = madeAt;
  }

  /** Equal messages get equal bytes and therefore equal versions, on every replica. */
  static EncodedResource of(String name, Message message) {
    Any any = Packing.pack(message);
    String version = HexFormat.of().formatHex(sha256(any.getValue()), 0, VERSION_BYTES);
    byte[] field =
        field(Resource.newBuilder().setName(name).setVersion(version).setResource(any).build());
    // In the order of their numbers: the version, the content, the name.
    int end = field.length - CodedOutputStream.computeStringSize(Resource.NAME_FIELD_NUMBER, name);
    int begin = end - CodedOutputStream.computeMessageSize(Resource.RESOURCE_FIELD_NUMBER, any);
    long digest = ByteBuffer.wrap(sha256(ByteString.copyFromUtf8(name + ' ' + version))).getLong();
    return new EncodedResource(name, version, field, begin, end, digest, Instant.now());
  }

  private static byte[] field(Resource resource) {
    int number = DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER;
    byte[] bytes = new byte[CodedOutputStream.computeMessageSize(number, resource)];
    try {
      CodedOutputStream.newInstance(bytes).writeMessage(number, resource);
    } catch (IOException e) {
      throw new IllegalStateException("an array has room for what was measured", e);
    }
    return bytes;
  }

  private static byte[] sha256(ByteString content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.asReadOnlyByteBufferList().forEach(digest::update);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every Java platform", e);
    }
  }

  /**
   * A version for a list of resources, whatever their order: the sum of hashes of name and version,
   * so that it costs an addition for each.
   */
  static String versionOf(List<EncodedResource> resources) {
    long sum = resources.size();
    for (EncodedResource resource : resources) {
      sum += resource.digest;
    }
    return HexFormat.of().toHexDigits(sum);
  }

  String name() {
    return name;
  }

  String version() {
    return version;
  }

  /** Whether another resource of the same name has the same version. */
  boolean hasVersionOf(EncodedResource other) {
    return digest == other.digest;
  }

  /** A number under which an index may have it. */
  int lastNumber() {
    return lastNumber;
  }

  void lastNumber(int number) {
    lastNumber = number;
  }

  /** Since when this has been the content. */
  Instant madeAt() {
    return madeAt;
  }

  /** How many bytes its field takes in a response of the variant. */
  int size(Variant variant) {
    return variant == Variant.INCREMENTAL ? field.length : contentEnd - contentBegin;
  }

  /** Writes its field of a response of the variant. */
  void writeTo(OutputStream target, Variant variant) throws IOException {
    if (variant == Variant.INCREMENTAL) {
      target.write(field, 0, field.length);
    } else {
      target.write(field, contentBegin, contentEnd - contentBegin);
    }
  }

  /** The content by itself, read from the bytes. */
  Any any() {
    try {
      return DeltaDiscoveryResponse.parseFrom(field).getResources(0).getResource();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("our own bytes", e);
    }
  }
}
