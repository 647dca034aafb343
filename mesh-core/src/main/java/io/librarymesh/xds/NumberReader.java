package io.librarymesh.xds;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.HashFunction;
import io.librarymesh.config.LbPolicy.Maglev;
import io.librarymesh.config.LbPolicy.RingHash;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.proto.envoy.config.core.v3.RuntimeDouble;

/**
 * Reads the numbers that the older and the newer messages of a load balancing policy share. A
 * number out of range is an error, and Envoy's default stands in for it.
 *
 * @param at the message
 */
record NumberReader(FieldPath at, Findings findings) {
  int choices(UInt32Value count) {
    return atLeast(2, count, "choice_count", 2);
  }

  /** In percent. */
  int balanceFactor(UInt32Value factor) {
    return atLeast(100, factor, "hash_balance_factor", 0);
  }

  private int atLeast(int least, UInt32Value value, String field, int otherwise) {
    long number = Integer.toUnsignedLong(value.getValue());
    if (number < least) {
      findings.error(at.field(field), number + " (expected: >= " + least + ")");
      return otherwise;
    }
    return (int) Math.min(number, Integer.MAX_VALUE);
  }

  double bias(RuntimeDouble bias) {
    double value = bias.getDefaultValue();
    if (value >= 0 && value < Double.POSITIVE_INFINITY) {
      return value;
    }
    findings.error(
        at.field("active_request_bias").field("default_value"), value + " (expected: >= 0)");
    return 1.0;
  }

  /** Numbers out of range are errors, and no slow start stands in for them. */
  SlowStart slowStart(Duration window, double aggression, double minWeightPercent) {
    long nanos = DurationReader.nanos(window, at.field("slow_start_window"), findings);
    if (!(aggression > 0 && aggression < Double.POSITIVE_INFINITY)) {
      findings.error(
          at.field("aggression").field("default_value"), aggression + " (expected: > 0)");
      return SlowStart.NONE;
    }
    if (!(minWeightPercent >= 0 && minWeightPercent <= 100)) {
      findings.error(at.field("min_weight_percent"), minWeightPercent + " (expected: 0..100)");
      return SlowStart.NONE;
    }
    return new SlowStart(nanos, aggression, minWeightPercent);
  }

  RingHash ring(long minimum, long maximum, HashFunction function, ConsistentHashing hashing) {
    if (maximum < 1 || maximum > RingHash.MAX_SIZE) {
      findings.error(
          at.field("maximum_ring_size"),
          Long.toUnsignedString(maximum) + " (expected: 1.." + RingHash.MAX_SIZE + ")");
      return RingHash.DEFAULT;
    }
    if (minimum < 0 || minimum > maximum) {
      findings.error(
          at.field("minimum_ring_size"),
          Long.toUnsignedString(minimum)
              + " (expected: at most maximum_ring_size, "
              + maximum
              + ")");
      return RingHash.DEFAULT;
    }
    return new RingHash((int) minimum, (int) maximum, function, hashing);
  }

  Maglev maglev(long tableSize, ConsistentHashing hashing) {
    try {
      return new Maglev(Math.toIntExact(tableSize), hashing);
    } catch (IllegalArgumentException | ArithmeticException notASize) {
      findings.error(
          at.field("table_size"),
          Long.toUnsignedString(tableSize)
              + " (expected: a prime <= "
              + Maglev.MAX_TABLE_SIZE
              + ")");
      return Maglev.DEFAULT;
    }
  }
}
