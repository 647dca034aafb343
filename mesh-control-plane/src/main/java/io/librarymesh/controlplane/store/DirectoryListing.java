package io.librarymesh.controlplane.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lists the configuration files of a directory and of those below it: {@code .yaml}, {@code .yml}
 * and {@code .json}. Links are followed. What begins with a dot is left out: editors keep their
 * swap files there, and Kubernetes the versions of a mounted ConfigMap.
 */
final class DirectoryListing extends SimpleFileVisitor<Path> {
  private static final List<String> EXTENSIONS = List.of(".yaml", ".yml", ".json");
  private static final int DEEPEST = 32;

  /** File systems whose files have no content of their own; reading one may never end. */
  private static final List<Path> SPECIAL =
      List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

  private final Path root;
  private final SortedMap<Path, FileStamp> files =
      new TreeMap<>(Comparator.comparing(Path::toString));
  private final Map<Path, String> troubles = new TreeMap<>();
  private final Set<Path> directories = new HashSet<>();

  private DirectoryListing(Path root) {
    this.root = root;
  }

  /** Never throws; what cannot be listed is among the troubles. */
  static Listing of(Path root) {
    DirectoryListing listing = new DirectoryListing(root);
    try {
      if (Files.isDirectory(root)) {
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, listing);
      } else {
        listing.troubles.put(root, "is not there (expected: a directory)");
      }
    } catch (IOException | SecurityException unreadable) {
      listing.troubles.put(root, "cannot be listed: " + Unreadable.why(unreadable));
    }
    return new Listing(listing.files, listing.troubles, listing.directories);
  }

  /** The listing with one more file, whatever its name, which is not listed twice. */
  static Listing with(Listing listing, Path file) {
    SortedMap<Path, FileStamp> files = new TreeMap<>(listing.files());
    Map<Path, String> troubles = new TreeMap<>(listing.troubles());
    Set<Path> directories = new HashSet<>(listing.directories());
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Path real = file.toRealPath();
      String refusal = refusal(file, attributes);
      if (refusal == null) {
        files.keySet().removeIf(known -> isSame(known, real));
        files.put(file, FileStamp.of(attributes));
      } else {
        troubles.put(file, refusal);
      }
      directories.addAll(parents(file, real));
    } catch (NoSuchFileException missing) {
      troubles.put(file, "is not there");
    } catch (IOException unreadable) {
      troubles.put(file, "cannot be read: " + unreadable);
    }
    return new Listing(files, troubles, directories);
  }

  private static boolean isSame(Path known, Path real) {
    try {
      return known.toRealPath().equals(real);
    } catch (IOException gone) {
      return false;
    }
  }

  /** Where a file is, and where what it leads to is. */
  private static Set<Path> parents(Path file, Path real) throws IOException {
    Set<Path> parents = new HashSet<>();
    for (Path each : List.of(file.toAbsolutePath(), real)) {
      if (each.getParent() != null) {
        parents.add(each.getParent().toRealPath());
      }
    }
    return parents;
  }

  /** Why a file that is to be read must not be opened, or nothing. */
  static @Nullable String refusal(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isSymbolicLink()) {
      // Links are followed, so that only one that leads nowhere is still seen as a link.
      return deadEnd(file);
    }
    if (!attributes.isRegularFile()) {
      return "is no regular file, and is not opened";
    }
    Path real = file.toRealPath();
    return SPECIAL.stream().anyMatch(real::startsWith)
        ? "leads to " + real + ", which is no file of configuration"
        : null;
  }

  private static String deadEnd(Path link) throws IOException {
    try {
      return "is a link that led nowhere a moment ago, and leads to " + link.toRealPath();
    } catch (NoSuchFileException missing) {
      return "is a link to something that is not there";
    } catch (FileSystemException endless) {
      return "is a link that leads back to itself";
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    if (!directory.equals(root) && isHidden(directory)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    directories.add(directory.toRealPath());
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (!isConfiguration(file)) {
      return FileVisitResult.CONTINUE;
    }
    try {
      String refusal = refusal(file, attributes);
      if (refusal != null) {
        troubles.put(file, refusal);
      } else {
        files.put(file, FileStamp.of(attributes));
        watchTarget(file);
      }
    } catch (IOException unreadable) {
      troubles.put(file, "cannot be read: " + Unreadable.why(unreadable));
    }
    return FileVisitResult.CONTINUE;
  }

  /** A change of what a link leads to happens in another directory. */
  private void watchTarget(Path file) throws IOException {
    Path parent = Files.isSymbolicLink(file) ? file.toRealPath().getParent() : null;
    if (parent != null) {
      directories.add(parent);
    }
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) {
    if (isHidden(file)) {
      return FileVisitResult.CONTINUE;
    }
    if (failure instanceof FileSystemLoopException) {
      troubles.put(file, "is a link into a directory around it, and is not followed");
    } else if (!(failure instanceof NoSuchFileException)) {
      troubles.put(file, "cannot be read: " + Unreadable.why(failure));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
    if (failure != null) {
      troubles.put(directory, "cannot be listed: " + Unreadable.why(failure));
    }
    return FileVisitResult.CONTINUE;
  }

  private static boolean isConfiguration(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !isHidden(file) && EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  private static boolean isHidden(Path file) {
    return String.valueOf(file.getFileName()).startsWith(".");
  }
}
