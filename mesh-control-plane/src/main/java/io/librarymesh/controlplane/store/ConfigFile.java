package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * One file over time: which version was read last, which was good last, and what is wrong with the
 * present one. Confined to the thread that looks.
 */
final class ConfigFile {
  /**
   * How long before it was found a file was written that came by a rename; above what file systems
   * tell times by, 4 ms.
   */
  private static final long RENAMED_MILLIS = 5;

  private final Path path;
  private final BiFunction<Path, byte[], ParsedFile> parse;
  private FileStamp seen = FileStamp.ABSENT;
  private FileStamp pending = FileStamp.ABSENT;
  private long pendingSince;
  private boolean waiting;
  private boolean unreadable;
  private byte[] digest = {};
  private List<Resource> resources = List.of();
  private List<Finding> findings = List.of();

  /**
   * A file of which nothing is known yet.
   *
   * @param parse what to make of its content
   */
  ConfigFile(Path path, BiFunction<Path, byte[], ParsedFile> parse) {
    this.path = path;
    this.parse = parse;
  }

  /** The last good version. */
  List<Resource> resources() {
    return resources;
  }

  /** What there is to say about the present version. */
  List<Finding> findings() {
    return findings;
  }

  /** Whether the file changed and has not yet been still for long enough to be read. */
  boolean isWaiting() {
    return waiting;
  }

  /** Whether no version of the file was ever read. */
  boolean isUnread() {
    return seen.equals(FileStamp.ABSENT);
  }

  /**
   * Whether the file is to be read now: it changed, and has looked the same for a while or came
   * into its place as a whole.
   */
  boolean isDue(FileStamp now, long nanos, long settleNanos) {
    if (now.equals(seen)) {
      waiting = false;
      return unreadable;
    }
    if (!waiting || !now.equals(pending)) {
      waiting = true;
      pending = now;
      pendingSince = nanos;
      return settleNanos == 0 || cameWhole(now);
    }
    return nanos - pendingSince >= settleNanos;
  }

  /**
   * Whether another file has taken the place of the one that was read, and nobody has written to it
   * of late: it was renamed, as by writers who take care, or a link was turned.
   */
  private boolean cameWhole(FileStamp now) {
    return now.size() > 0
        && !now.identity().equals(seen.identity())
        && now.isUnwrittenFor(RENAMED_MILLIS);
  }

  /**
   * Reads the file, which looked like this before. If it looks otherwise afterwards, somebody is
   * writing, and what was read is not used.
   *
   * @return whether anything changed
   */
  boolean read(FileStamp stamp, long nanos) {
    Optional<Finding> tooLarge = FileContent.tooLarge(path, stamp.size());
    if (tooLarge.isPresent()) {
      seen = stamp;
      waiting = false;
      unreadable = false;
      digest = new byte[0];
      return refuse(List.of(tooLarge.get()));
    }
    try {
      byte[] content = FileContent.read(path, stamp.size());
      FileStamp after = FileStamp.of(path);
      if (!after.equals(stamp)) {
        waiting = true;
        pending = after;
        pendingSince = nanos;
        return false;
      }
      seen = stamp;
      waiting = false;
      byte[] newDigest = FileContent.digest(content);
      if (!unreadable && Arrays.equals(digest, newDigest)) {
        return false;
      }
      unreadable = false;
      digest = newDigest;
      return take(content);
    } catch (IOException failure) {
      // The stamp need not change when the file becomes readable, so it is tried at every look.
      seen = stamp;
      waiting = false;
      unreadable = true;
      return refuse(List.of(FileContent.error(path, "cannot be read: " + Unreadable.why(failure))));
    }
  }

  /**
   * Keeps what was good, since nothing is known about the present version.
   *
   * @return whether anything changed
   */
  boolean keep() {
    waiting = false;
    unreadable = true;
    return refuse(List.of());
  }

  private boolean take(byte[] content) {
    ParsedFile parsed = parse.apply(path, content);
    if (parsed.hasErrors()) {
      return refuse(parsed.findings());
    }
    boolean changed = !parsed.resources().equals(resources) || !parsed.findings().equals(findings);
    resources = parsed.resources();
    findings = parsed.findings();
    return changed;
  }

  private boolean refuse(List<Finding> reasons) {
    List<Finding> said = new ArrayList<>(reasons);
    String consequence =
        resources.isEmpty()
            ? "nothing of this file is in force until its errors are mended"
            : "the last good version of this file stays in force until its errors are mended";
    said.add(
        new Finding(SourcePosition.wholeFile(path.toString()), Severity.WARNING, "", consequence));
    boolean changed = !said.equals(findings);
    findings = List.copyOf(said);
    return changed;
  }
}
