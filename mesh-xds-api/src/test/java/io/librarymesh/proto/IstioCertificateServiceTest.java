package io.librarymesh.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Our own file of Istio's interface, held to the bytes that Istio's agents write. */
final class IstioCertificateServiceTest {

  @Test
  void methodIsTheOneThatAgentsCall() {
    assertThat(IstioCertificateServiceGrpc.getCreateCertificateMethod().getFullMethodName())
        .isEqualTo("istio.v1.auth.IstioCertificateService/CreateCertificate");
  }

  @Test
  void requestHasTheNumbersOfIstio() throws Exception {
    // 1: "c", 3: 86400 as a varint, 4: a Struct
    byte[] metadata =
        Struct.newBuilder()
            .putFields("CertSigner", Value.newBuilder().setStringValue("s").build())
            .build()
            .toByteArray();
    byte[] written =
        HexFormat.of()
            .parseHex("0a0163" + "1880a305" + "22" + hex(metadata.length) + hex(metadata));

    IstioCertificateRequest read = IstioCertificateRequest.parseFrom(written);

    assertThat(read.getCsr()).isEqualTo("c");
    assertThat(read.getValidityDuration()).isEqualTo(86_400);
    assertThat(read.getMetadata().getFieldsOrThrow("CertSigner").getStringValue()).isEqualTo("s");
    assertThat(read.getUnknownFields().asMap()).isEmpty();
  }

  @Test
  void responseHasTheNumberOfIstio() {
    assertThat(
            IstioCertificateResponse.newBuilder()
                .addCertChain("l")
                .addCertChain("r")
                .build()
                .toByteString())
        .isEqualTo(ByteString.fromHex("0a016c0a0172"));
  }

  private static String hex(byte... bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String hex(int oneByte) {
    return HexFormat.of().toHexDigits((byte) oneByte);
  }
}
