package io.librarymesh.controlplane.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.librarymesh.controlplane.convert.Conversion.Form;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/convert.md} shows before becomes what it shows after. */
class ConvertPageTest {
  private static final Path PAGE = Path.of("..", "docs", "convert.md");
  private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @Test
  void whatThePageShowsIsWhatComes() throws IOException {
    assumeTrue(java.nio.file.Files.exists(PAGE), "skipped: no " + PAGE);
    List<String> blocks =
        BLOCK
            .matcher(java.nio.file.Files.readString(PAGE))
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList();

    assertThat(blocks).hasSize(4);
    assertThat(Files.convert(blocks.get(0), Form.TODAY).after()).isEqualTo(blocks.get(1));
    assertThat(Files.convert(blocks.get(2), Form.GATEWAY_API).after()).isEqualTo(blocks.get(3));
  }
}
