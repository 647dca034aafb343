package io.librarymesh.controlplane.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.librarymesh.proto.envoy.config.common.matcher.v3.HttpHeadersMatch;
import io.librarymesh.proto.envoy.config.common.matcher.v3.MatchPredicate;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/**
 * Istio's outlierDetectionHttpErrorCodes as Envoy's {@code outlier_detection.error_matcher}: any of
 * the statuses. The field is younger than the messages this project is built from, so it is written
 * by its number.
 */
final class ErrorMatcherTranslation {
  /** {@code HttpProtocolOptions.outlier_detection}. */
  private static final int OUTLIER_DETECTION = 8;

  /** {@code HttpProtocolOptions.OutlierDetection.error_matcher}. */
  private static final int ERROR_MATCHER = 1;

  private ErrorMatcherTranslation() {}

  static void apply(HttpProtocolOptions.Builder options, List<Integer> codes) {
    if (!codes.isEmpty()) {
      ByteString detection = message(ERROR_MATCHER, matcher(codes).toByteString()).toByteString();
      options.setUnknownFields(message(OUTLIER_DETECTION, detection));
    }
  }

  private static UnknownFieldSet message(int number, ByteString value) {
    return UnknownFieldSet.newBuilder()
        .addField(number, UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build())
        .build();
  }

  /** A set of alternatives must have two at least. */
  private static MatchPredicate matcher(List<Integer> codes) {
    List<MatchPredicate> statuses = codes.stream().map(ErrorMatcherTranslation::status).toList();
    return statuses.size() == 1
        ? statuses.get(0)
        : MatchPredicate.newBuilder()
            .setOrMatch(MatchPredicate.MatchSet.newBuilder().addAllRules(statuses))
            .build();
  }

  private static MatchPredicate status(int code) {
    return MatchPredicate.newBuilder()
        .setHttpResponseHeadersMatch(
            HttpHeadersMatch.newBuilder()
                .addHeaders(
                    HeaderMatcher.newBuilder()
                        .setName(":status")
                        .setStringMatch(
                            StringMatcher.newBuilder().setExact(Integer.toString(code)))))
        .build();
  }
}
