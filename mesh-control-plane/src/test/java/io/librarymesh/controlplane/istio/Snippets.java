package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Builds whole documents around the part that a test is about, and reads them. */
final class Snippets {
  static final String ROUTE = "route: [{destination: {host: reviews}}]";

  private Snippets() {}

  static String virtualService(String spec) {
    return document("networking.istio.io/v1", "VirtualService", spec);
  }

  /** A VirtualService with one rule, whose fields are given. */
  static String rule(String... fields) {
    return virtualService("{hosts: [reviews], http: [{" + String.join(", ", fields) + "}]}");
  }

  /** A rule that forwards, with one match. */
  static String match(String match) {
    return rule(ROUTE, "match: [" + match + "]");
  }

  static String destinationRule(String spec) {
    return document("networking.istio.io/v1", "DestinationRule", spec);
  }

  /** A DestinationRule with the given traffic policy. */
  static String policy(String policy) {
    return destinationRule("{host: reviews, trafficPolicy: " + policy + "}");
  }

  static String serviceEntry(String spec) {
    return document("networking.istio.io/v1", "ServiceEntry", spec);
  }

  static String workloadEntry(String spec) {
    return document("networking.istio.io/v1", "WorkloadEntry", spec);
  }

  static String service(String spec) {
    return document("v1", "Service", spec);
  }

  static String document(String apiVersion, String kind, String spec) {
    return "{apiVersion: "
        + apiVersion
        + ", kind: "
        + kind
        + ", metadata: {name: test},\n spec: "
        + spec
        + "}\n";
  }

  static ParsedFile read(String text) {
    return IstioReader.read("test.yaml", text);
  }

  static List<Finding> errors(String text) {
    return read(text).findings().stream().filter(Finding::isError).toList();
  }

  static List<Finding> warnings(String text) {
    return read(text).findings().stream()
        .filter(finding -> finding.severity() == Severity.WARNING)
        .toList();
  }

  /** The single resource of a text without any finding. */
  static <R extends Resource> R only(Class<R> type, String text) {
    ParsedFile parsed = read(text);
    assertThat(parsed.findings()).isEmpty();
    assertThat(parsed.resources()).hasSize(1);
    return type.cast(parsed.resources().get(0));
  }

  /** The single resource of a text that may have warnings. */
  static <R extends Resource> R accepted(Class<R> type, String text) {
    ParsedFile parsed = read(text);
    assertThat(parsed.findings()).noneMatch(Finding::isError);
    assertThat(parsed.resources()).hasSize(1);
    return type.cast(parsed.resources().get(0));
  }

  /** Checks that a text has exactly one error, at this path and with these words. */
  static void assertRefused(String text, String path, String words) {
    assertThat(errors(text))
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.fieldPath()).isEqualTo(path);
              assertThat(error.message()).contains(words);
            });
    assertThat(read(text).resources()).isEmpty();
  }

  /** Checks that a text has no error and exactly one warning, at this path and with these words. */
  static void assertWarned(String text, String path, String words) {
    assertThat(read(text).resources()).hasSize(1);
    assertThat(read(text).findings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.severity()).isEqualTo(Severity.WARNING);
              assertThat(warning.fieldPath()).isEqualTo(path);
              assertThat(warning.message()).contains(words);
            });
  }

  /** Checks that a text has neither errors nor warnings. */
  static void assertAccepted(String text) {
    assertThat(read(text).findings()).isEmpty();
    assertThat(read(text).resources()).hasSize(1);
  }
}
