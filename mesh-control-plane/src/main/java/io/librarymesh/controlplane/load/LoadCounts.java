package io.librarymesh.controlplane.load;

/** Requests of one row, as its reports have them. Not safe for threads. */
final class LoadCounts {

  /** Beyond this a number of a report is taken for this; JSON has no larger whole numbers. */
  private static final long MOST = 1L << 53;

  /**
   * A report.
   *
   * @param number from 1 on, of one client
   * @param nanos when it came
   */
  record Report(long number, long nanos) {}

  private final LoadWindow issued;
  private final LoadWindow successful;
  private final LoadWindow errors;
  private long inProgress;
  private long lastReport;
  private long touched;

  LoadCounts(long nanos) {
    issued = new LoadWindow(nanos);
    successful = new LoadWindow(nanos);
    errors = new LoadWindow(nanos);
    touched = nanos;
  }

  /**
   * Adds what a report says, which may be in several places of it; of requests in progress the last
   * report counts.
   */
  void add(Report report, long more, long good, long bad, long unfinished) {
    long nanos = report.nanos();
    issued.add(nanos, bounded(more));
    successful.add(nanos, bounded(good));
    errors.add(nanos, bounded(bad));
    boolean isSame = report.number() == lastReport;
    inProgress = bounded((isSame ? inProgress : 0) + bounded(unfinished));
    lastReport = report.number();
    touched = nanos;
  }

  /** Whether there was no report within the window. */
  boolean isOld(long nanos) {
    return LoadWindow.isOver(touched, nanos);
  }

  LoadSnapshot.Counts at(long nanos) {
    return new LoadSnapshot.Counts(
        issued.sum(nanos), successful.sum(nanos), errors.sum(nanos), inProgress);
  }

  /** A number without a sign that is larger than all with one counts as the largest, too. */
  static long bounded(long number) {
    return number < 0 ? MOST : Math.min(number, MOST);
  }
}
