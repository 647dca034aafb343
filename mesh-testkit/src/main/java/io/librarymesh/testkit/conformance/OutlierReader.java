package io.librarymesh.testkit.conformance;

import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Consecutive;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.config.OutlierDetection.Enforcing;
import io.librarymesh.config.OutlierDetection.FailurePercentage;
import io.librarymesh.config.OutlierDetection.Sample;
import io.librarymesh.config.OutlierDetection.Share;
import io.librarymesh.config.OutlierDetection.SuccessRate;
import io.librarymesh.config.StatusCodes;
import java.util.List;

/** Reads {@code outlierDetection}. Defaults are Envoy's. */
final class OutlierReader {
  private static final SuccessRate SUCCESS_RATE =
      new SuccessRate(new Enforcing(100, 100), SuccessRate.OFF.sample(), 1_900);

  private OutlierReader() {}

  static OutlierDetection outliers(CaseNode node) {
    CaseFields fields = node.fields();
    Consecutive consecutive =
        new Consecutive(
            fields.read("consecutive5xx", new Detector(5, 100), OutlierReader::detector),
            fields.read("consecutiveGatewayFailure", new Detector(5, 0), OutlierReader::detector),
            fields.read(
                "consecutiveLocalOriginFailure", new Detector(5, 100), OutlierReader::detector));
    SuccessRate successRate = fields.read("successRate", SUCCESS_RATE, OutlierReader::successRate);
    FailurePercentage percentage =
        fields.read("failurePercentage", FailurePercentage.OFF, OutlierReader::failurePercentage);
    boolean split = fields.flag("splitLocalOriginErrors", false);
    List<Integer> codes = fields.list("errorCodes", CaseNode::integer);
    StatusCodes failures =
        codes.isEmpty() ? StatusCodes.SERVER_ERRORS : node.check(at -> StatusCodes.of(codes));
    Ejection ejection = ejection(fields);
    fields.end();
    return new OutlierDetection(consecutive, successRate, percentage, split, failures, ejection);
  }

  private static Detector detector(CaseNode node) {
    CaseFields fields = node.fields();
    int threshold = fields.integer("threshold", 5);
    int enforcing = fields.required("enforcingPercent").integer();
    fields.end();
    return node.check(place -> new Detector(threshold, enforcing));
  }

  private static SuccessRate successRate(CaseNode node) {
    CaseFields fields = node.fields();
    Enforcing enforcing = enforcing(fields, SUCCESS_RATE.enforcing());
    Sample sample = sample(fields, SUCCESS_RATE.sample());
    int factor = fields.integer("stdevFactor", SUCCESS_RATE.stdevFactorPerMille());
    fields.end();
    return node.check(place -> new SuccessRate(enforcing, sample, factor));
  }

  private static FailurePercentage failurePercentage(CaseNode node) {
    CaseFields fields = node.fields();
    Enforcing enforcing = enforcing(fields, Enforcing.OFF);
    Sample sample = sample(fields, FailurePercentage.OFF.sample());
    int threshold = fields.integer("threshold", FailurePercentage.OFF.thresholdPercent());
    fields.end();
    return node.check(place -> new FailurePercentage(enforcing, sample, threshold));
  }

  private static Enforcing enforcing(CaseFields fields, Enforcing otherwise) {
    int percent = fields.integer("enforcingPercent", otherwise.percent());
    int local = fields.integer("localOriginEnforcingPercent", otherwise.localOriginPercent());
    return fields.owner().check(place -> new Enforcing(percent, local));
  }

  private static Sample sample(CaseFields fields, Sample otherwise) {
    int hosts = fields.integer("minimumHosts", otherwise.minimumHosts());
    int volume = fields.integer("requestVolume", otherwise.requestVolume());
    return fields.owner().check(place -> new Sample(hosts, volume));
  }

  private static Ejection ejection(CaseFields fields) {
    Ejection otherwise = Ejection.DEFAULT;
    long interval = fields.nanos("interval", otherwise.intervalNanos());
    long base = fields.nanos("baseEjectionTime", otherwise.baseNanos());
    long max = fields.nanos("maxEjectionTime", Math.max(base, otherwise.maxNanos()));
    long jitter = fields.nanos("maxEjectionTimeJitter", otherwise.maxJitterNanos());
    int percent = fields.integer("maxEjectionPercent", otherwise.share().maxPercent());
    boolean alwaysOne = fields.flag("alwaysEjectOneHost", otherwise.share().alwaysOne());
    return fields
        .owner()
        .check(place -> new Ejection(interval, base, max, jitter, new Share(percent, alwaysOne)));
  }
}
