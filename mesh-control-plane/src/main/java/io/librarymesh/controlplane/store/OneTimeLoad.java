package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.ParsedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Reads files and directories once, whatever comes of it. */
final class OneTimeLoad {
  private final SnapshotMerge merge = new SnapshotMerge();
  private final List<Finding> troubles = new ArrayList<>();

  private OneTimeLoad() {}

  static ConfigSnapshot of(List<Path> paths) {
    OneTimeLoad load = new OneTimeLoad();
    paths.forEach(load::path);
    return load.merge.toSnapshot(1, load.troubles);
  }

  private void path(Path path) {
    if (Files.isDirectory(path)) {
      Listing listing = DirectoryListing.of(path);
      listing.troubles().forEach((at, why) -> troubles.add(FileContent.error(at, why)));
      listing.files().keySet().forEach(this::file);
    } else {
      file(path);
    }
  }

  private void file(Path file) {
    try {
      String refusal =
          DirectoryListing.refusal(file, Files.readAttributes(file, BasicFileAttributes.class));
      if (refusal != null) {
        troubles.add(FileContent.error(file, refusal));
        return;
      }
      ParsedFile parsed = FileContent.parse(file, FileContent.read(file));
      merge.add(parsed.resources(), parsed.findings(), !parsed.hasErrors());
    } catch (IOException unreadable) {
      troubles.add(FileContent.error(file, "cannot be read: " + unreadable));
    }
  }
}
