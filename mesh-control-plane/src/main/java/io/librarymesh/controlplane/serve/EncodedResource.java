package io.librarymesh.controlplane.serve;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.librarymesh.controlplane.translate.Packing;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A resource in the bytes in which it is sent, made once and shared.
 *
 * @param resource name, version and content as incremental responses hold them
 * @param madeAt since when this has been the content
 */
record EncodedResource(Resource resource, Instant madeAt) {

  private static final int VERSION_BYTES = 8;

  /** Equal messages get equal bytes and therefore equal versions, on every replica. */
  static EncodedResource of(String name, Message message) {
    Any any = Packing.pack(message);
    return new EncodedResource(
        Resource.newBuilder()
            .setName(name)
            .setVersion(version(any.getValue()))
            .setResource(any)
            .build(),
        Instant.now());
  }

  /** A version for content: the beginning of its SHA-256 in hexadecimal digits. */
  static String version(ByteString content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.asReadOnlyByteBufferList().forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every Java platform", e);
    }
  }

  /** A version for a list of resources, whatever their order. */
  static String versionOf(List<EncodedResource> resources) {
    String content =
        resources.stream()
            .map(resource -> resource.name() + ' ' + resource.version())
            .sorted()
            .collect(Collectors.joining("\n"));
    return version(ByteString.copyFromUtf8(content));
  }

  String name() {
    return resource.getName();
  }

  String version() {
    return resource.getVersion();
  }

  Any any() {
    return resource.getResource();
  }
}
