package io.librarymesh.controlplane.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.convert.Conversion.Converted;
import io.librarymesh.controlplane.convert.Conversion.Form;
import io.librarymesh.controlplane.istio.Corpus;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Configuration that others wrote means the same after it is converted. */
class CorpusConversionTest {

  private static List<Conversion.Source> sources() {
    try (Stream<Path> files = java.nio.file.Files.walk(Corpus.folder())) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.toString().contains("istio-crds"))
          .sorted()
          .map(file -> new Conversion.Source(file.toString(), bytes(file)))
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return java.nio.file.Files.readAllBytes(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Test
  void spellingsOfTodayMeanTheSame() {
    int changed = 0;
    for (Conversion.Source source : sources()) {
      Converted converted = Conversion.of(List.of(source), Form.TODAY).get(0);
      String after = converted.text().orElse(source.text());

      assertThat(converted.findings()).as(source.name()).isEmpty();
      assertThat(Files.meaning(after)).as(source.name()).isEqualTo(Files.meaning(source.text()));
      changed += converted.text().isPresent() ? 1 : 0;
    }
    assertThat(changed).isGreaterThan(5);
  }

  @Test
  void virtualServicesBecomeRoutesOrAreSaidToStay() {
    everyOneOrAWarning(Form.GATEWAY_API, VirtualService.class::isInstance);
  }

  @Test
  void routesBecomeVirtualServicesOrAreSaidToStay() {
    everyOneOrAWarning(Form.ISTIO, GatewayRoute.class::isInstance);
  }

  private static void everyOneOrAWarning(Form form, Predicate<Resource> concerned) {
    int gone = 0;
    for (Conversion.Source source : sources()) {
      Converted converted = Conversion.of(List.of(source), form).get(0);
      List<Resource> left = new ArrayList<>(Files.meaning(converted.text().orElse(source.text())));
      left.removeIf(concerned.negate());
      List<Resource> before = new ArrayList<>(Files.meaning(source.text()));
      before.removeIf(concerned.negate());

      assertThat(converted.findings()).as(source.name()).noneMatch(Finding::isError);
      for (Resource each : left) {
        assertThat(converted.findings())
            .as(source.name())
            .anyMatch(f -> f.message().endsWith(each.metadata().name() + " stays as it was"));
      }
      gone += before.size() - left.size();
    }
    assertThat(gone).isGreaterThan(0);
  }
}
