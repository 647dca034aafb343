package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.librarymesh.config.StatusCodes;
import io.librarymesh.config.StatusCodes.Range;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection;
import io.librarymesh.proto.envoy.config.common.matcher.v3.HttpHeadersMatch;
import io.librarymesh.proto.envoy.config.common.matcher.v3.MatchPredicate;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import io.librarymesh.proto.envoy.type.v3.Int64Range;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorMatcherReaderTest {
  private static final String AT =
      "typed_extension_protocol_options[\"options\"].outlier_detection.error_matcher";

  private static Cluster cluster(ByteString detection) {
    HttpProtocolOptions options =
        HttpProtocolOptions.newBuilder()
            .setUnknownFields(field(ErrorMatcherReader.OUTLIER_DETECTION, detection))
            .build();
    return clusterBuilder("c")
        .setOutlierDetection(OutlierDetection.getDefaultInstance())
        .putTypedExtensionProtocolOptions("options", Any.pack(options))
        .build();
  }

  private static Cluster cluster(MatchPredicate matcher) {
    return cluster(field(ErrorMatcherReader.ERROR_MATCHER, matcher.toByteString()).toByteString());
  }

  private static UnknownFieldSet field(int number, ByteString value) {
    return UnknownFieldSet.newBuilder()
        .addField(number, UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build())
        .build();
  }

  private static MatchPredicate headers(HeaderMatcher.Builder... conditions) {
    HttpHeadersMatch.Builder match = HttpHeadersMatch.newBuilder();
    List.of(conditions).forEach(match::addHeaders);
    return MatchPredicate.newBuilder().setHttpResponseHeadersMatch(match).build();
  }

  private static HeaderMatcher.Builder exactly(int status) {
    StringMatcher text = StringMatcher.newBuilder().setExact(Integer.toString(status)).build();
    return HeaderMatcher.newBuilder().setName(":status").setStringMatch(text);
  }

  private static HeaderMatcher.Builder between(int first, int last) {
    return HeaderMatcher.newBuilder()
        .setName(":status")
        .setRangeMatch(Int64Range.newBuilder().setStart(first).setEnd(last + 1));
  }

  private static MatchPredicate or(MatchPredicate... rules) {
    MatchPredicate.MatchSet set =
        MatchPredicate.MatchSet.newBuilder().addAllRules(List.of(rules)).build();
    return MatchPredicate.newBuilder().setOrMatch(set).build();
  }

  private static List<Range> ranges(Cluster cluster) {
    StatusCodes failures =
        Reading.value(ResourceType.CLUSTER, cluster).cluster().outlierDetection().failures();
    return failures.ranges();
  }

  @Test
  void statusesThatIstioNames() {
    assertThat(ranges(cluster(headers(exactly(429))))).containsExactly(new Range(429, 429));
    assertThat(ranges(cluster(or(headers(exactly(503)), headers(exactly(429))))))
        .containsExactly(new Range(429, 429), new Range(503, 503));
    assertThat(Reading.warnings(ResourceType.CLUSTER, cluster(headers(exactly(429))))).isEmpty();
  }

  @Test
  void withoutAMatcherServerErrorsAreFailures() {
    assertThat(ranges(cluster(ByteString.EMPTY))).containsExactly(new Range(500, 599));
    assertThat(
            ranges(clusterBuilder("c").setOutlierDetection(OutlierDetection.newBuilder()).build()))
        .containsExactly(new Range(500, 599));
  }

  @Test
  void conditionsCanBeCombined() {
    MatchPredicate serverErrors = headers(between(500, 599));
    MatchPredicate notFiveHundred =
        MatchPredicate.newBuilder().setNotMatch(headers(exactly(500))).build();
    MatchPredicate both =
        MatchPredicate.newBuilder()
            .setAndMatch(
                MatchPredicate.MatchSet.newBuilder()
                    .addRules(serverErrors)
                    .addRules(notFiveHundred))
            .build();

    assertThat(ranges(cluster(both))).containsExactly(new Range(501, 599));
    assertThat(ranges(cluster(headers(between(500, 599), exactly(500).setInvertMatch(true)))))
        .containsExactly(new Range(501, 599));
    assertThat(ranges(cluster(MatchPredicate.newBuilder().setAnyMatch(true).build())))
        .containsExactly(new Range(100, 599));
  }

  @Test
  void whatIsNoConditionOnTheStatusIsRefused() {
    HeaderMatcher.Builder other = exactly(500).setName("x-failed");
    StringMatcher.Builder regex =
        StringMatcher.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex("5.."));

    assertThat(Reading.errors(ResourceType.CLUSTER, cluster(headers(other))))
        .containsExactly(
            AT + ".http_response_headers_match.headers[0].name: x-failed (expected: :status)");
    assertThat(
            Reading.errors(
                ResourceType.CLUSTER, cluster(headers(exactly(500).setStringMatch(regex)))))
        .containsExactly(
            AT
                + ".http_response_headers_match.headers[0].string_match: safe_regex (expected:"
                + " exact, prefix, suffix, contains or a range)");
    assertThat(Reading.errors(ResourceType.CLUSTER, cluster(MatchPredicate.getDefaultInstance())))
        .containsExactly(AT + ": rule_not_set (expected: a condition on the status of an answer)");
  }
}
