package io.librarymesh.config;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A set of HTTP status codes, as ranges in ascending order that do not touch. */
public record StatusCodes(List<Range> ranges) {
  /** Codes 500 to 599. */
  public static final StatusCodes SERVER_ERRORS = new StatusCodes(List.of(new Range(500, 599)));

  public StatusCodes {
    ranges = List.copyOf(ranges);
  }

  /** These codes. */
  public static StatusCodes of(Iterable<Integer> codes) {
    TreeSet<Integer> sorted = new TreeSet<>();
    codes.forEach(sorted::add);
    List<Range> ranges = new ArrayList<>();
    for (int code : sorted) {
      Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last != null && last.last + 1 == code) {
        ranges.set(ranges.size() - 1, new Range(last.first, code));
      } else {
        ranges.add(new Range(code, code));
      }
    }
    return new StatusCodes(ranges);
  }

  /** Whether the set has a code. */
  public boolean contains(int code) {
    // By index, since this is asked on every call.
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      if (code >= range.first && code <= range.last) {
        return true;
      }
    }
    return false;
  }

  /** Codes from {@code first} to {@code last}, both included, 100 to 599. */
  public record Range(int first, int last) {
    public Range {
      if (first < 100 || last > 599 || first > last) {
        throw new IllegalArgumentException(
            "first, last: " + first + ", " + last + " (expected: 100 <= first <= last <= 599)");
      }
    }
  }
}
