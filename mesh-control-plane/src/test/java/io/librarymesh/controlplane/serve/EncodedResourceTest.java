package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Parser;
import io.grpc.Drainable;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.controlplane.translate.Packing;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Responses that are put together of bytes are those that protobuf would have written. */
class EncodedResourceTest {

  private static final Cluster A = Cluster.newBuilder().setName("a").build();
  private static final Cluster B =
      Cluster.newBuilder().setName("b").setAltStatName("x".repeat(300)).build();
  private static final EncodedResource ENCODED_A = EncodedResource.of("a", A);
  private static final EncodedResource ENCODED_B = EncodedResource.of("b", B);

  private static Outgoing.Response response(List<String> removed, Map<String, Absence> absences) {
    return new Outgoing.Response(
        ResourceType.CLUSTER, "7", List.of(ENCODED_A, ENCODED_B), removed, absences);
  }

  private static <M> M drained(ResponseBytes bytes, Parser<M> parser) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    int written = ((Drainable) ResponseBytes.MARSHALLER.stream(bytes)).drainTo(target);
    assertThat(written).isEqualTo(target.size()).isEqualTo(bytes.size());
    return parser.parseFrom(target.toByteArray());
  }

  private static <M> M read(ResponseBytes bytes, Parser<M> parser) throws IOException {
    InputStream stream = ResponseBytes.MARSHALLER.stream(bytes);
    assertThat(stream.available()).isEqualTo(bytes.size());
    M message = parser.parseFrom(stream);
    assertThat(stream.available()).isZero();
    return message;
  }

  private static Resource resource(EncodedResource encoded, Cluster content) {
    return Resource.newBuilder()
        .setName(encoded.name())
        .setVersion(encoded.version())
        .setResource(Packing.pack(content))
        .build();
  }

  @Test
  void incrementalResponseHoldsNamesVersionsAndContent() throws IOException {
    Absence absence = new Absence(Absence.Kind.NOT_FOUND, "no such host");
    ResponseBytes bytes =
        ResponseBytes.of(response(List.of("c"), Map.of("c", absence)), Variant.INCREMENTAL);
    DeltaDiscoveryResponse message = drained(bytes, DeltaDiscoveryResponse.parser());

    assertThat(message).isEqualTo(read(bytes, DeltaDiscoveryResponse.parser()));
    assertThat(message.getResourcesList())
        .containsExactly(resource(ENCODED_A, A), resource(ENCODED_B, B));
    assertThat(message.getTypeUrl()).isEqualTo(ResourceType.CLUSTER.typeUrl());
    assertThat(message.getNonce()).isEqualTo("7");
    assertThat(message.getRemovedResourcesList()).containsExactly("c");
    assertThat(message.getResourceErrors(0).getResourceName().getName()).isEqualTo("c");
    assertThat(message.getUnknownFields().asMap()).isEmpty();
  }

  @Test
  void stateOfTheWorldResponseHoldsContentOnly() throws IOException {
    ResponseBytes bytes =
        ResponseBytes.of(response(List.of("c"), Map.of()), Variant.STATE_OF_THE_WORLD);
    DiscoveryResponse message = drained(bytes, DiscoveryResponse.parser());

    assertThat(message).isEqualTo(read(bytes, DiscoveryResponse.parser()));
    assertThat(message.getResourcesList()).containsExactly(Packing.pack(A), Packing.pack(B));
    assertThat(message.getTypeUrl()).isEqualTo(ResourceType.CLUSTER.typeUrl());
    assertThat(message.getNonce()).isEqualTo("7");
    assertThat(message.getVersionInfo())
        .isEqualTo(EncodedResource.versionOf(List.of(ENCODED_B, ENCODED_A)));
    assertThat(message.getUnknownFields().asMap()).isEmpty();
  }

  @Test
  void contentCanBeReadFromTheBytes() {
    Any any = ENCODED_B.any();

    assertThat(any).isEqualTo(Packing.pack(B));
  }

  @Test
  void versionOfAListTellsNamesAndContentApart() {
    EncodedResource renamed = EncodedResource.of("c", A);
    EncodedResource changed = EncodedResource.of("a", B);

    assertThat(EncodedResource.versionOf(List.of(ENCODED_A)))
        .isNotEqualTo(EncodedResource.versionOf(List.of(renamed)))
        .isNotEqualTo(EncodedResource.versionOf(List.of(changed)))
        .isNotEqualTo(EncodedResource.versionOf(List.of()))
        .isNotEqualTo(EncodedResource.versionOf(List.of(ENCODED_A, ENCODED_B)))
        .isEqualTo(EncodedResource.versionOf(List.of(EncodedResource.of("a", A))));
  }
}
