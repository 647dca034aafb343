package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All files of a directory over time. Does nothing by itself: whoever owns it looks, from one
 * thread at a time, and says what time it is.
 *
 * <p>A file that changed is read only when two looks apart by the settle time saw it the same: an
 * editor that is still writing is left to finish, and a file that is away for a moment, as in many
 * editors' way of saving, is not taken for deleted.
 */
final class ConfigFiles {
  private final Optional<Path> root;
  private final Optional<Path> meshConfig;
  private final long settleNanos;
  private final SortedMap<Path, ConfigFile> files =
      new TreeMap<>(Comparator.comparing(Path::toString));
  private Map<Path, String> troubles = Map.of();

  /**
   * The files below a directory.
   *
   * @param root the directory; absent for none but the file of settings
   * @param meshConfig a file of settings of the mesh, wherever it is
   */
  ConfigFiles(Optional<Path> root, Optional<Path> meshConfig, long settleNanos) {
    this.root = root;
    this.meshConfig = meshConfig;
    this.settleNanos = settleNanos;
  }

  /**
   * What a look found.
   *
   * @param changed whether the snapshot is another one now
   * @param waiting whether a file changed and is not yet still; look again after the settle time
   * @param listing what there was
   */
  record Look(boolean changed, boolean waiting, Listing listing) {}

  /** Looks for the first time: everything is read as it stands. */
  Look first() {
    return look(0, 0, false);
  }

  /**
   * Looks for changes.
   *
   * @param nanos the time of a clock that never goes back
   * @param thorough whether to read also what looks unchanged
   */
  Look look(long nanos, boolean thorough) {
    return look(nanos, settleNanos, thorough);
  }

  private Look look(long nanos, long settle, boolean thorough) {
    Listing below = root.map(DirectoryListing::of).orElse(Listing.EMPTY);
    Listing listing = meshConfig.map(file -> DirectoryListing.with(below, file)).orElse(below);
    boolean changed = !listing.troubles().equals(troubles);
    troubles = listing.troubles();
    for (Map.Entry<Path, FileStamp> entry : listing.files().entrySet()) {
      ConfigFile file = files.computeIfAbsent(entry.getKey(), this::file);
      if (file.isDue(entry.getValue(), nanos, settle) || (thorough && !file.isWaiting())) {
        changed |= file.read(entry.getValue(), nanos);
      }
    }
    changed |= forgetDeleted(listing, nanos, settle);
    return new Look(changed, files.values().stream().anyMatch(ConfigFile::isWaiting), listing);
  }

  private ConfigFile file(Path path) {
    boolean settings = meshConfig.filter(path::equals).isPresent();
    return new ConfigFile(path, settings ? FileContent::parseMeshConfig : FileContent::parse);
  }

  private boolean forgetDeleted(Listing listing, long nanos, long settle) {
    boolean changed = false;
    Iterator<Map.Entry<Path, ConfigFile>> known = files.entrySet().iterator();
    while (known.hasNext()) {
      Map.Entry<Path, ConfigFile> entry = known.next();
      if (listing.files().containsKey(entry.getKey())) {
        continue;
      }
      if (listing.isUnknown(entry.getKey())) {
        changed |= entry.getValue().keep();
      } else if (entry.getValue().isUnread()) {
        known.remove();
      } else if (entry.getValue().isDue(FileStamp.ABSENT, nanos, settle)) {
        known.remove();
        changed = true;
      }
    }
    return changed;
  }

  /** What is in force now. */
  ConfigSnapshot snapshot(long generation) {
    SnapshotMerge merge = new SnapshotMerge();
    files.forEach((path, file) -> merge.add(file.resources(), file.findings(), true));
    return merge.toSnapshot(generation, troubleFindings());
  }

  private List<Finding> troubleFindings() {
    List<Finding> findings = new ArrayList<>();
    troubles.forEach((path, why) -> findings.add(FileContent.error(path, why)));
    return findings;
  }
}
