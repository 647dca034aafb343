package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rules of single values that many resources share (Istio's common validation). */
final class ValueRules {
  private static final int HIGHEST_PORT = 65_535;

  /** For a duration whose absence sets none. */
  static final String NO_LIMIT = "leave the field out for no limit";

  private static final double SMALLEST_PERCENT = 0.0001;

  private final DocumentReport report;

  ValueRules(DocumentReport report) {
    this.report = report;
  }

  DocumentReport report() {
    return report;
  }

  /** Reports {@code found (expected: rule)}. */
  void invalid(FieldPath path, Object found, String expected) {
    boolean absent = found instanceof Number && !report.isWritten(path);
    String what = absent ? "missing" : Quoting.clip(String.valueOf(found));
    report.invalid(path, what + " (expected: " + expected + ")");
  }

  void missing(FieldPath path, String expected) {
    report.incomplete(path, "missing (expected: " + expected + ")");
  }

  void port(FieldPath path, int port) {
    if (port < 1 || port > HIGHEST_PORT) {
      invalid(path, port, "a port from 1 to " + HIGHEST_PORT);
    }
  }

  void port(FieldPath path, Optional<Integer> port) {
    port.ifPresent(number -> port(path, number));
  }

  /** At least 1 ms, in whole milliseconds. */
  void duration(FieldPath path, Optional<Duration> duration) {
    duration.ifPresent(value -> interval(path, value));
  }

  /**
   * The same.
   *
   * @param leftOut what becomes of a field that is left out, such as {@code left out it is 10s}
   */
  void duration(FieldPath path, Optional<Duration> duration, String leftOut) {
    duration.ifPresent(value -> atLeastOneMilli(path, value, "; " + leftOut));
  }

  /** At least 1 ms, in whole milliseconds. */
  void interval(FieldPath path, Duration value) {
    atLeastOneMilli(path, value, "");
  }

  private void atLeastOneMilli(FieldPath path, Duration value, String remark) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      invalid(path, GoDuration.print(value), "at least 1ms" + remark);
    } else {
      wholeMillis(path, value);
    }
  }

  /** Zero, or as {@link #duration}. */
  void durationOrZero(FieldPath path, Optional<Duration> duration) {
    duration.ifPresent(
        value -> {
          if (value.isNegative()) {
            invalid(path, GoDuration.print(value), "0s or more");
          } else {
            wholeMillis(path, value);
          }
        });
  }

  private void wholeMillis(FieldPath path, Duration value) {
    if (value.toNanos() % 1_000_000 != 0) {
      invalid(path, GoDuration.print(value), "whole milliseconds");
    }
  }

  /** 0, or from 0.0001 to 100; warns of what looks like a fraction of one. */
  void percentage(FieldPath path, Percent percent) {
    double value = percent.value();
    if (value != 0 && (value < SMALLEST_PERCENT || value > 100)) {
      invalid(path, value, "0, or from 0.0001 to 100");
    } else if (value > 0 && value < 1) {
      report.suspicious(
          path, value + " is less than one percent; write " + value * 100 + " if a share is meant");
    }
  }

  void within(FieldPath path, double value, double lowest, double highest) {
    if (value < lowest || value > highest) {
      invalid(path, print(value), "from " + print(lowest) + " to " + print(highest));
    }
  }

  void notNegative(FieldPath path, Optional<Integer> value) {
    value.ifPresent(
        number -> {
          if (number < 0) {
            invalid(path, number, "0 or more");
          }
        });
  }

  /** Kubernetes' labels. */
  void labels(FieldPath path, Map<String, String> labels) {
    labels.forEach(
        (key, value) -> {
          if (!Names.isLabelKey(key)) {
            invalid(
                path.field(key),
                "key " + Quoting.quote(key),
                "a label key: [prefix/]name, at most 63");
          } else if (!Names.isLabelValue(value)) {
            invalid(
                path.field(key),
                value,
                "a label value: at most 63 letters, digits, '-', '_', '.', no other at the ends");
          }
        });
  }

  /** Labels that select: Istio has no wildcards there. */
  void selector(FieldPath path, Map<String, String> labels) {
    Map<String, String> plain = new LinkedHashMap<>();
    labels.forEach(
        (key, value) -> {
          if (key.contains("*") || value.contains("*")) {
            invalid(path.field(key), key + ": " + value, "no wildcard in a selector");
          } else {
            plain.put(key, value);
          }
        });
    labels(path, plain);
  }

  /** A host that may be a wildcard. */
  void wildcardHost(FieldPath path, String host) {
    if (host.isEmpty()) {
      missing(path, "a host");
    } else if (!Names.isWildcardDomain(host)) {
      invalid(path, host, "a DNS name; a wildcard only as its first label");
    }
  }

  void regex(FieldPath path, String regex) {
    Re2.problem(regex).ifPresent(problem -> report.invalid(path, problem));
  }

  /** Where a resource is visible. */
  void exportTo(FieldPath path, List<String> exportTo, String ownNamespace, boolean noneAllowed) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < exportTo.size(); i++) {
      String value = exportTo.get(i);
      FieldPath at = path.index(i);
      boolean alone = value.equals("*") || value.equals("~");
      if (value.equals("~") && !noneAllowed) {
        invalid(at, value, "'.', '*' or a namespace; '~' only for a ServiceEntry");
      } else if (alone && exportTo.size() > 1) {
        invalid(at, value, "no other value beside it");
      } else if (!alone && !value.equals(".") && !Names.isLowerDnsLabel(value)) {
        invalid(at, value, "'.', '*' or a namespace");
      }
      if (!seen.add(value.equals(".") ? ownNamespace : value)) {
        invalid(at, value, "every namespace once");
      }
    }
  }

  private static String print(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
