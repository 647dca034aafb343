package io.librarymesh.controlplane.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * What a look at a file tells without opening it. Equal stamps mean, with all likelihood, equal
 * content; a thorough look reads the file to be sure.
 *
 * @param size bytes; -1 for a file that is not there
 * @param modified time of the last change, in nanoseconds as far as the file system has them
 * @param identity the file system's own key, which changes when a file is replaced by a rename or a
 *     link is turned to another target
 */
record FileStamp(long size, long modified, String identity) {

  /** The stamp of a file that is not there. */
  static final FileStamp ABSENT = new FileStamp(-1, 0, "");

  /** The stamp of a file as it is now; links are followed. */
  static FileStamp of(Path file) throws IOException {
    try {
      return of(Files.readAttributes(file, BasicFileAttributes.class));
    } catch (NoSuchFileException gone) {
      return ABSENT;
    }
  }

  static FileStamp of(BasicFileAttributes attributes) {
    return new FileStamp(
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        String.valueOf(attributes.fileKey()));
  }

  /** Whether the last change is that long ago by the machine's clock. */
  boolean isUnwrittenFor(long millis) {
    return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(modified) >= millis;
  }
}
