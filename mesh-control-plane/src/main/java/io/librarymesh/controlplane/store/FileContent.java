package io.librarymesh.controlplane.store;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.ReadLimits;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads files, never more of one than the reader would take, and tells contents apart. */
final class FileContent {
  private static final IstioReader READER = new IstioReader(ReadLimits.DEFAULT);

  private FileContent() {}

  /**
   * The content, or as much more of it than the reader takes as shows that there is more.
   *
   * @param size bytes that the file had when it was looked at; it need not be true any more
   */
  static byte[] read(Path file, long size) throws IOException {
    int expected = (int) Math.min(size, ReadLimits.DEFAULT.maxBytes()) + 1;
    byte[] content = new byte[expected];
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.copyOf(content, in.readNBytes(content, 0, expected));
    }
  }

  /** What to say of a file that is not worth opening, or nothing. */
  static Optional<Finding> tooLarge(Path file, long size) {
    int most = ReadLimits.DEFAULT.maxBytes();
    return size <= most
        ? Optional.empty()
        : Optional.of(
            error(file, size + " bytes (expected: at most " + most + "); split the file"));
  }

  static ParsedFile parse(Path file, byte[] content) {
    if (isBlank(content)) {
      return ParsedFile.ofFindings(
          List.of(error(file, "is empty; to take back what it said, delete it")));
    }
    return READER.parse(file.toString(), content);
  }

  /** The same of a file of settings of the mesh. */
  static ParsedFile parseMeshConfig(Path file, byte[] content) {
    return READER.parseMeshConfig(file.toString(), content);
  }

  /** Whether there is nothing but blanks: what an editor leaves that has only begun to write. */
  static boolean isBlank(byte[] content) {
    for (byte b : content) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return false;
      }
    }
    return true;
  }

  static byte[] digest(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java has SHA-256", impossible);
    }
  }

  static Finding error(Path path, String message) {
    return new Finding(SourcePosition.wholeFile(path.toString()), Severity.ERROR, "", message);
  }
}
