package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bytes of configuration files, for who does not want to know what they say but to write them
 * anew.
 *
 * @param files by path, those of a directory in the order of their names
 * @param troubles what could not be read, as errors
 */
public record RawFiles(Map<Path, byte[]> files, List<Finding> troubles) {

  /** Copies the list. */
  public RawFiles {
    troubles = List.copyOf(troubles);
  }

  /**
   * Reads files and directories once.
   *
   * @param paths files of whatever name, and directories, of which the configuration files are read
   */
  public static RawFiles of(List<Path> paths) {
    Map<Path, byte[]> files = new LinkedHashMap<>();
    List<Finding> troubles = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        Listing listing = DirectoryListing.of(path);
        listing.troubles().forEach((at, why) -> troubles.add(FileContent.error(at, why)));
        listing.files().keySet().forEach(file -> read(file, files, troubles));
      } else {
        read(path, files, troubles);
      }
    }
    return new RawFiles(files, troubles);
  }

  private static void read(Path file, Map<Path, byte[]> files, List<Finding> troubles) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      String refusal = DirectoryListing.refusal(file, attributes);
      Optional<Finding> tooLarge = FileContent.tooLarge(file, attributes.size());
      if (refusal != null) {
        troubles.add(FileContent.error(file, refusal));
      } else if (tooLarge.isPresent()) {
        troubles.add(tooLarge.get());
      } else {
        files.put(file, FileContent.read(file, attributes.size()));
      }
    } catch (IOException unreadable) {
      troubles.add(FileContent.error(file, "cannot be read: " + Unreadable.why(unreadable)));
    }
  }
}
