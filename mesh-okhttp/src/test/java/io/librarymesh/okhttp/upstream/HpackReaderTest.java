package io.librarymesh.okhttp.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of RFC 7541, appendix C. */
final class HpackReaderTest {
  private final HpackReader reader = new HpackReader();

  @Test
  void readsRequestsWithoutHuffmanCoding() {
    assertThat(read("828684410f7777772e6578616d706c652e636f6d"))
        .isEqualTo(
            Map.of(
                ":method", List.of("GET"),
                ":scheme", List.of("http"),
                ":path", List.of("/"),
                ":authority", List.of("www.example.com")));
    assertThat(read("828684be58086e6f2d6361636865"))
        .containsEntry(":authority", List.of("www.example.com"))
        .containsEntry("cache-control", List.of("no-cache"));
    assertThat(read("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"))
        .isEqualTo(
            Map.of(
                ":method", List.of("GET"),
                ":scheme", List.of("https"),
                ":path", List.of("/index.html"),
                ":authority", List.of("www.example.com"),
                "custom-key", List.of("custom-value")));
  }

  @Test
  void readsRequestsWithHuffmanCoding() {
    assertThat(read("828684418cf1e3c2e5f23a6ba0ab90f4ff"))
        .containsEntry(":authority", List.of("www.example.com"));
    assertThat(read("828684be5886a8eb10649cbf"))
        .containsEntry("cache-control", List.of("no-cache"));
    assertThat(read("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"))
        .containsEntry("custom-key", List.of("custom-value"));
  }

  @Test
  void readsLiteralsThatAreNotKept() {
    assertThat(read("040c2f73616d706c652f70617468"))
        .containsEntry(":path", List.of("/sample/path"));
    assertThat(read("100870617373776f726406736563726574"))
        .containsEntry("password", List.of("secret"));
  }

  @Test
  void readsTheRarerCodes() {
    assertThat(read("488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff"))
        .isEqualTo(
            Map.of(
                ":status", List.of("302"),
                "cache-control", List.of("private"),
                "date", List.of("Mon, 21 Oct 2013 20:13:21 GMT")));
  }

  private Map<String, List<String>> read(String hex) {
    return reader.read(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
  }
}
