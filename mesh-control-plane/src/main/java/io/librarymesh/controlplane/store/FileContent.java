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
import java.util.List;

/** Reads files, never more of one than the reader would take, and tells contents apart. */
final class FileContent {
  private static final IstioReader READER = new IstioReader(ReadLimits.DEFAULT);

  private FileContent() {}

  /** The content, or one byte more than the reader takes when there is more. */
  static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(ReadLimits.DEFAULT.maxBytes() + 1);
    }
  }

  static ParsedFile parse(Path file, byte[] content) {
    if (isBlank(content)) {
      return new ParsedFile(
          List.of(), List.of(error(file, "is empty; to take back what it said, delete it")));
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
