package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.RefusedResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads files and directories once, whatever comes of it. */
final class OneTimeLoad {
  private final SnapshotMerge merge = new SnapshotMerge();
  private final List<Finding> troubles = new ArrayList<>();
  private final List<RefusedResource> refused = new ArrayList<>();
  private Optional<Path> settings = Optional.empty();

  private OneTimeLoad() {}

  static LoadedFiles of(List<Path> paths, Optional<Path> meshConfig) {
    OneTimeLoad load = new OneTimeLoad();
    meshConfig.ifPresent(load::settings);
    paths.forEach(load::path);
    return new LoadedFiles(load.merge.toSnapshot(1, load.troubles), load.refused);
  }

  private void path(Path path) {
    if (Files.isDirectory(path)) {
      Listing listing = DirectoryListing.of(path);
      listing.troubles().forEach((at, why) -> troubles.add(FileContent.error(at, why)));
      listing.files().keySet().forEach(file -> file(file, FileContent::parse));
    } else {
      file(path, FileContent::parse);
    }
  }

  /** Read first, so that it is not read as something else when a directory has it, too. */
  private void settings(Path file) {
    file(file, FileContent::parseMeshConfig);
    try {
      settings = Optional.of(file.toRealPath());
    } catch (IOException missing) {
      // Which is said already.
    }
  }

  private boolean isSettings(Path file) throws IOException {
    return settings.isPresent() && settings.get().equals(file.toRealPath());
  }

  private void file(Path file, BiFunction<Path, byte[], ParsedFile> parse) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      String refusal = DirectoryListing.refusal(file, attributes);
      if (refusal != null) {
        troubles.add(FileContent.error(file, refusal));
        return;
      }
      if (isSettings(file)) {
        return;
      }
      Optional<Finding> tooLarge = FileContent.tooLarge(file, attributes.size());
      if (tooLarge.isPresent()) {
        troubles.add(tooLarge.get());
        return;
      }
      ParsedFile parsed = parse.apply(file, FileContent.read(file, attributes.size()));
      merge.add(parsed.resources(), parsed.findings(), !parsed.hasErrors());
      if (parsed.hasErrors()) {
        parsed.resources().forEach(good -> refused.add(new RefusedResource(good, Set.of())));
        refused.addAll(parsed.refused());
      }
    } catch (IOException unreadable) {
      troubles.add(FileContent.error(file, "cannot be read: " + Unreadable.why(unreadable)));
    }
  }
}
