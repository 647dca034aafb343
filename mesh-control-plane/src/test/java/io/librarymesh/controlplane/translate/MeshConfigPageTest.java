package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page on settings of the mesh shows is read without a word and changes something. */
class MeshConfigPageTest {
  private static final Path PAGE = Path.of("..", "docs", "mesh-config.md");

  @Test
  void theExampleIsInForce() throws IOException {
    Matcher example =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(example.find()).isTrue();

    ParsedFile parsed = IstioReader.read("mesh-config.md", example.group(1));

    assertThat(parsed.findings()).isEmpty();
    MeshConfig config = MeshConfig.DEFAULT.with(parsed.resources());
    assertThat(config.connectTimeout().toSeconds()).isEqualTo(3);
    assertThat(config.outboundTrafficPolicy()).isEqualTo(OutboundTrafficPolicy.REGISTRY_ONLY);
    assertThat(config.pathNormalization()).isEqualTo(PathNormalization.MERGE_SLASHES);
  }
}
