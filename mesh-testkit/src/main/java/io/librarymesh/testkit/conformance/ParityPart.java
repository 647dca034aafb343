package io.librarymesh.testkit.conformance;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one driver did with the cases that it was given: it ran them all but for some.
 *
 * @param driver its name
 * @param istio whether these are the cases that are written as Istio resources, or else all others
 * @param skipped why a case does not run, by the case's name
 */
record ParityPart(String driver, boolean istio, Map<String, String> skipped) {
  private static final String ISTIO_TITLE = " behind a control plane";
  private static final Pattern TITLE = Pattern.compile("# (\\S+)(" + ISTIO_TITLE + ")?\n");
  private static final Pattern ROW = Pattern.compile("\\| (.+) \\| (.+) \\|");

  ParityPart {
    skipped = new TreeMap<>(skipped);
  }

  /** Whether a case is among those that this is about. */
  boolean covers(ConformanceCase test) {
    return test.features().contains("istio") == istio;
  }

  boolean runs(ConformanceCase test) {
    return covers(test) && !skipped.containsKey(test.name());
  }

  /** That of its file, without {@code .md}. */
  String name() {
    return driver + (istio ? ".istio" : "");
  }

  /** As Markdown. */
  String text() {
    StringBuilder text = new StringBuilder("# " + driver + (istio ? ISTIO_TITLE : "") + "\n\n");
    text.append(skipped.isEmpty() ? "Runs every case.\n" : "Runs every case but these.\n");
    if (!skipped.isEmpty()) {
      text.append("\n| case | why not |\n| --- | --- |\n");
    }
    skipped.forEach(
        (name, why) -> text.append("| ").append(name).append(" | ").append(why).append(" |\n"));
    return text.toString();
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @param file its name for messages
   */
  static ParityPart parse(String file, String text) {
    Matcher title = TITLE.matcher(text);
    if (!title.lookingAt()) {
      throw new IllegalArgumentException(file + ": no title (expected: # and a driver's name)");
    }
    Map<String, String> skipped = new TreeMap<>();
    text.lines()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .skip(2)
        .forEach(row -> skipped.put(row.group(1), row.group(2)));
    return new ParityPart(title.group(1), title.group(2) != null, skipped);
  }
}
