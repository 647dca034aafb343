package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.route;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import io.librarymesh.config.HeaderMutations;
import io.librarymesh.config.HeaderMutations.Addition;
import io.librarymesh.config.HeaderMutations.AppendAction;
import io.librarymesh.config.HeaderOperations;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.VirtualHost.AttemptCount;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValue;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValueOption;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderReaderTest {
  private static HeaderValueOption.Builder header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value));
  }

  private static RouteConfiguration adding(HeaderValueOption.Builder option) {
    return SampleResources.routes("r", route(forward("c").build()).build()).toBuilder()
        .addRequestHeadersToAdd(option)
        .build();
  }

  private static Addition read(HeaderValueOption.Builder option) {
    return Reading.value(ResourceType.ROUTE, adding(option))
        .config()
        .headers()
        .request()
        .add()
        .get(0);
  }

  private static List<String> errors(HeaderValueOption.Builder option) {
    return Reading.errors(ResourceType.ROUTE, adding(option));
  }

  private static HeaderOperations operations(String name) {
    return new HeaderOperations(
        new HeaderMutations(
            List.of(name + "-out"),
            List.of(new Addition(name, "q", AppendAction.APPEND_IF_EXISTS_OR_ADD, false))),
        new HeaderMutations(
            List.of(name + "-in"),
            List.of(new Addition(name, "s", AppendAction.APPEND_IF_EXISTS_OR_ADD, false))));
  }

  @Test
  void operationsOfEachLevelAreRead() {
    ClusterWeight.Builder entry =
        ClusterWeight.newBuilder()
            .setName("c")
            .setWeight(UInt32Value.of(1))
            .addRequestHeadersToAdd(header("d", "q"))
            .addRequestHeadersToRemove("d-out")
            .addResponseHeadersToAdd(header("d", "s"))
            .addResponseHeadersToRemove("d-in")
            .setHostRewriteLiteral("h");
    var action = io.librarymesh.proto.envoy.config.route.v3.RouteAction.newBuilder();
    action.getWeightedClustersBuilder().addClusters(entry);
    RouteConfiguration message =
        RouteConfiguration.newBuilder()
            .addRequestHeadersToAdd(header("c", "q"))
            .addRequestHeadersToRemove("c-out")
            .addResponseHeadersToAdd(header("c", "s"))
            .addResponseHeadersToRemove("c-in")
            .setMostSpecificHeaderMutationsWins(true)
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .addDomains("*")
                    .setIncludeAttemptCountInResponse(true)
                    .addRequestHeadersToAdd(header("h", "q"))
                    .addRequestHeadersToRemove("h-out")
                    .addResponseHeadersToAdd(header("h", "s"))
                    .addResponseHeadersToRemove("h-in")
                    .addRoutes(
                        route(action.build())
                            .addRequestHeadersToAdd(header("r", "q"))
                            .addRequestHeadersToRemove("r-out")
                            .addResponseHeadersToAdd(header("r", "s"))
                            .addResponseHeadersToRemove("r-in")))
            .build();

    RouteConfig config = Reading.value(ResourceType.ROUTE, message).config();

    assertThat(config.mostSpecificHeadersWin()).isTrue();
    assertThat(config.headers()).isEqualTo(operations("c"));
    var host = config.virtualHosts().get(0);
    assertThat(host.headers()).isEqualTo(operations("h"));
    assertThat(host.attemptCount()).isEqualTo(new AttemptCount(false, true));
    assertThat(host.routes().get(0).headers()).isEqualTo(operations("r"));
    var cluster = ((Forward) host.routes().get(0).action()).clusters().get(0);
    assertThat(cluster.headers()).isEqualTo(operations("d"));
    assertThat(cluster.authority()).isEqualTo("h");
    assertThat(Reading.warnings(ResourceType.ROUTE, message)).isEmpty();
  }

  @Test
  void silenceChangesNothing() {
    RouteConfig config =
        Reading.value(ResourceType.ROUTE, SampleResources.routes("r", "c")).config();
    assertThat(config.headers()).isEqualTo(HeaderOperations.NONE);
    assertThat(config.mostSpecificHeadersWin()).isFalse();
  }

  @Test
  void actionsAreReadTheOldOneIncluded() {
    assertThat(read(header("X", "v")))
        .isEqualTo(new Addition("x", "v", AppendAction.APPEND_IF_EXISTS_OR_ADD, false));
    for (AppendAction action : AppendAction.values()) {
      HeaderAppendAction written = HeaderAppendAction.valueOf(action.name());
      assertThat(read(header("x", "v").setAppendAction(written)).action()).isEqualTo(action);
    }
    assertThat(read(header("x", "v").setAppend(BoolValue.of(false))).action())
        .isEqualTo(AppendAction.OVERWRITE_IF_EXISTS_OR_ADD);
    assertThat(read(header("x", "v").setAppend(BoolValue.of(true))).action())
        .isEqualTo(AppendAction.APPEND_IF_EXISTS_OR_ADD);
    assertThat(read(header("x", "").setKeepEmptyValue(true)).keepEmptyValue()).isTrue();
    assertThat(
            read(HeaderValueOption.newBuilder()
                    .setHeader(
                        HeaderValue.newBuilder()
                            .setKey("x")
                            .setRawValue(ByteString.copyFromUtf8("raw"))))
                .value())
        .isEqualTo("raw");
  }

  @Test
  void whatEnvoyRefusesIsRefused() {
    String at = "request_headers_to_add[0].";
    assertThat(
            errors(
                header("x", "v")
                    .setAppend(BoolValue.of(false))
                    .setAppendAction(HeaderAppendAction.ADD_IF_ABSENT)))
        .containsExactly(at + "append: together with append_action (expected: one of them)");
    assertThat(errors(header("x", "v").setAppendActionValue(9)))
        .containsExactly(at + "append_action: 9 (expected: an action of HeaderAppendAction)");
    for (String name : List.of("", ":path", "Host")) {
      assertThat(errors(header(name, "v")))
          .containsExactly(
              at
                  + "header.key: "
                  + name
                  + " (expected: a header other than Host and pseudo headers)");
    }
    assertThat(errors(header("x", "%NONSENSE%")))
        .singleElement()
        .asString()
        .startsWith(at + "header.value: %NONSENSE% (expected: ");
    RouteConfiguration removing =
        SampleResources.routes("r", "c").toBuilder().addResponseHeadersToRemove(":status").build();
    assertThat(Reading.errors(ResourceType.ROUTE, removing))
        .containsExactly(
            "response_headers_to_remove[0]: :status (expected: a header other than Host and pseudo"
                + " headers)");
  }

  @Test
  void commandsThatAreAlwaysEmptyAreNamed() {
    assertThat(
            Reading.warnings(
                ResourceType.ROUTE, adding(header("x", "%DOWNSTREAM_REMOTE_ADDRESS%"))))
        .containsExactly(
            "request_headers_to_add[0].header.value: %DOWNSTREAM_REMOTE_ADDRESS% has no value in a"
                + " client");
  }
}
