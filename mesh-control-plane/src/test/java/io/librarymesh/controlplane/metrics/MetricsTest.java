package io.librarymesh.controlplane.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private final Metrics metrics = new Metrics();

  @Test
  void numbersAreWrittenInPrometheusTextFormat() {
    metrics.counter("pushes", "What was sent.", "type").with("cds").add(3);
    metrics.gauge("ready", "Whether it is.", () -> 0.5);

    assertThat(metrics.text())
        .isEqualTo(
            """
            # HELP pushes What was sent.
            # TYPE pushes counter
            pushes{type="cds"} 3
            # HELP ready Whether it is.
            # TYPE ready gauge
            ready 0.5
            """);
  }

  @Test
  void bucketsHoldWhatIsNotAboveTheirBoundAndAddUp() {
    Distribution seconds =
        metrics.distribution("seconds", "How long.", List.of(.1, 1.0), "type").with("a");
    seconds.observe(.1);
    seconds.observe(.5);
    seconds.observe(7);

    assertThat(metrics.text())
        .contains(
            """
            seconds_bucket{type="a",le="0.1"} 1
            seconds_bucket{type="a",le="1"} 2
            seconds_bucket{type="a",le="+Inf"} 3
            seconds_sum{type="a"} 7.6
            seconds_count{type="a"} 3
            """);
  }

  @Test
  void valuesOfLabelsAreEscaped() {
    metrics.gauge("g", "G.", "node").with("a\"b\\c\nd").set(1);

    assertThat(metrics.text()).contains("g{node=\"a\\\"b\\\\c\\nd\"} 1\n");
  }

  @Test
  void clientsCannotMakeEndlesslyManyNumbers() {
    Series<Amount> series = metrics.gauge("g", "G.", "node");
    for (int i = 0; i < 5000; i++) {
      series.with("node-" + i).set(1);
    }
    assertThat(metrics.text().lines().filter(line -> line.startsWith("g{"))).hasSize(1000);

    series.remove("node-0");
    series.with("late").set(1);
    assertThat(metrics.text()).contains("g{node=\"late\"} 1").doesNotContain("node=\"node-0\"");
  }

  @Test
  void aLongValueIsCutAndFoundAgain() {
    Series<Amount> series = metrics.gauge("g", "G.", "node");
    String longValue = "x".repeat(10_000);
    series.with(longValue).set(1);
    assertThat(metrics.text()).hasSizeLessThan(400);

    series.remove(longValue);
    assertThat(metrics.text()).doesNotContain("x");
  }

  @Test
  void aNameIsGivenOnce() {
    metrics.counter("c", "C.");

    assertThatThrownBy(() -> metrics.gauge("c", "C.")).hasMessageContaining("name: c");
  }

  @Test
  void everyLabelNeedsAValue() {
    Series<Amount> series = metrics.counter("c", "C.", "a", "b");

    assertThatThrownBy(() -> series.with("1")).hasMessageContaining("one for each of [a, b]");
  }
}
