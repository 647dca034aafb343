package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What conformance cases cannot say: values that differ from machine to machine. */
class ValueFormatTest {
  private static final Endpoint ENDPOINT =
      new Endpoint(
          "10.0.0.1",
          8080,
          1,
          HealthStatus.HEALTHY,
          "",
          Map.of("version", "label"),
          Metadata.of(Map.of("version", new MetadataValue.Text("v1"))));

  private static String evaluate(String format, @Nullable Endpoint endpoint) {
    return ValueFormat.compile(format)
        .evaluate(new FormatContext(TestRequest.get("/"), null, new Info(endpoint)));
  }

  @Test
  void endpointIsToldOnceThereIsOne() {
    assertThat(evaluate("%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS%", ENDPOINT))
        .isEqualTo("10.0.0.1:8080 10.0.0.1:8080");
    assertThat(evaluate("%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_REMOTE_PORT%", ENDPOINT))
        .isEqualTo("10.0.0.1 8080");
    assertThat(evaluate("%UPSTREAM_METADATA([\"envoy.lb\", \"version\"])%", ENDPOINT))
        .isEqualTo("v1");
    assertThat(evaluate("%UPSTREAM_METADATA(envoy.lb:version)%", ENDPOINT)).isEqualTo("v1");
    assertThat(evaluate("%UPSTREAM_METADATA(envoy.lb:none)%", ENDPOINT)).isEmpty();
    assertThat(evaluate("<%UPSTREAM_HOST%%UPSTREAM_REMOTE_PORT%>", null)).isEqualTo("<>");
  }

  @Test
  void machineAndTimeAreTold() {
    assertThat(evaluate("%HOSTNAME% %START_TIME%", null))
        .isEqualTo("machine 2018-04-03T23:46:09.123Z");
    assertThat(evaluate("%START_TIME(%s)%", null)).isEqualTo("1522799169");
    assertThat(evaluate("%RESPONSE_FLAGS% %CLUSTER_NAME%", null)).isEqualTo("UH,DI cluster");
  }

  @Test
  void responseIsEmptyBeforeThereIsOne() {
    assertThat(evaluate("<%RESP(x)%>", null)).isEqualTo("<>");
  }

  private record Info(@Nullable Endpoint endpoint) implements StreamInfo {
    @Override
    public long startMillis() {
      return 1_522_799_169_123L;
    }

    @Override
    public String routeName() {
      return "route";
    }

    @Override
    public String virtualHostName() {
      return "host";
    }

    @Override
    public String clusterName() {
      return "cluster";
    }

    @Override
    public int attempt() {
      return 1;
    }

    @Override
    public int responseCode() {
      return 200;
    }

    @Override
    public String responseFlags() {
      return "UH,DI";
    }

    @Override
    public String hostname() {
      return "machine";
    }
  }
}
