package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.HttpProtocolOptions;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.Timeouts.GrpcTimeout;
import io.librarymesh.config.Timeouts.StreamDuration;
import okhttp3.Request;
import org.junit.jupiter.api.Test;

final class TimeoutTextTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Request PLAIN = new Request.Builder().url("http://echo.test/").build();
  private static final Request ASKING = PLAIN.newBuilder().header("grpc-timeout", "3S").build();

  @Test
  void nothingIsBoundedUnlessSomebodySaysSo() {
    assertThat(TimeoutText.lines(Timeouts.NONE, ASKING)).containsExactly("  timeout     none");
  }

  @Test
  void wholeCallAndItsSilence() {
    StreamDuration stream = new StreamDuration(true, 5 * SECOND, new GrpcTimeout(true, 0, 0));
    Timeouts timeouts = new Timeouts(0, GrpcTimeout.UNREAD, stream, 2 * SECOND);
    assertThat(TimeoutText.lines(timeouts, PLAIN))
        .containsExactly(
            "  timeout     none", "  whole call  5 s, waits included", "  silence     2 s");
    assertThat(TimeoutText.lines(timeouts, ASKING))
        .contains("  whole call  what grpc-timeout asks for, waits included");
  }

  @Test
  void clusterBoundsItsAttemptsAndIdleConnections() {
    assertThat(TimeoutText.lines(cluster(HttpProtocolOptions.DEFAULT)))
        .containsExactly("      connect timeout   10 s");
    assertThat(TimeoutText.lines(cluster(new HttpProtocolOptions(0, 9 * SECOND, 3 * SECOND))))
        .containsExactly(
            "      connect timeout   10 s",
            "      whole attempt     3 s",
            "      idle connections  kept for 9 s");
    assertThat(TimeoutText.lines(cluster(new HttpProtocolOptions(0, 0, 0))))
        .contains("      idle connections  kept for ever");
  }

  private static Cluster cluster(HttpProtocolOptions http) {
    return new Cluster(
        "c",
        Cluster.Discovery.ENDPOINTS,
        LoadBalancing.DEFAULT,
        10 * SECOND,
        CircuitBreakers.ENVOY_DEFAULT,
        OutlierDetection.NONE,
        "",
        http);
  }
}
