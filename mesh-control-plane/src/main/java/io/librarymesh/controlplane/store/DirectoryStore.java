package io.librarymesh.controlplane.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Configuration in a directory of YAML and JSON files, watched.
 *
 * <p>A change is in the snapshot within about 200 ms of the moment at which its writer stopped
 * writing, and a file that is renamed into its place at once. An invalid, half-written, empty or
 * unreadable file never replaces a good one: its last good version stays, and the findings say why,
 * until the file is mended or deleted. Changes are found by the file system's events and, since
 * these get lost, by looking: at names, sizes and times a few times a second, and at contents every
 * few seconds, less often when that takes long.
 *
 * <p>A writer that pauses in mid-file for longer than the settle time, at a point where the file
 * happens to be valid, is taken at its word. Write to another name and rename, and this cannot
 * happen.
 *
 * <p>Any thread may call; listeners are called from the store's one thread.
 */
public final class DirectoryStore implements ConfigStore {
  private static final Logger LOGGER = System.getLogger(DirectoryStore.class.getName());

  /** How long a file must look the same before it is read. */
  private static final Duration SETTLE = Duration.ofMillis(50);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long BREATH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long THOROUGH_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Looking takes at most this part of the time, however many files there are. */
  private static final int SHARE = 20;

  private final ConfigFiles files;
  private final DirectoryWatch watch = new DirectoryWatch();
  private final StoreListeners listeners = new StoreListeners();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile ConfigSnapshot snapshot;

  /** Whether a changed file is being left to settle; confined to the store's thread. */
  private boolean waiting;

  private DirectoryStore(ConfigFiles files) {
    this.files = files;
    ConfigFiles.Look first = files.first();
    this.snapshot = files.snapshot(1);
    this.waiting = first.waiting();
    watch.watch(first.listing().directories());
    this.thread = new Thread(this::run, "mesh-config-store");
    thread.setDaemon(true);
  }

  /**
   * Reads a directory and watches it until the store is closed. Files with errors do not keep it
   * from opening; the findings of the first snapshot tell of them.
   *
   * @throws IOException when there is no such directory, or it may not be read
   */
  public static DirectoryStore open(Path directory) throws IOException {
    return open(directory, Optional.empty());
  }

  /**
   * The same with a file of settings of the mesh, which is watched as well.
   *
   * @param meshConfig Istio's {@code MeshConfig}, by itself or in a ConfigMap; in the directory or
   *     elsewhere
   * @throws IOException when there is no such directory
   */
  public static DirectoryStore open(Path directory, Optional<Path> meshConfig) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(
          "config directory: " + directory + " (expected: a directory)");
    }
    if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
      throw new AccessDeniedException(
          "config directory: "
              + directory
              + ": permission denied (expected: readable for the user of this process)");
    }
    return started(Optional.of(directory), meshConfig);
  }

  /**
   * Watches nothing but a file of settings of the mesh, for beside a store that has the rest. A
   * file that is not there is a finding until it is.
   *
   * @param meshConfig see {@link #open(Path, Optional)}
   */
  public static DirectoryStore openMeshConfig(Path meshConfig) {
    return started(Optional.empty(), Optional.of(meshConfig));
  }

  private static DirectoryStore started(Optional<Path> directory, Optional<Path> meshConfig) {
    DirectoryStore store =
        new DirectoryStore(new ConfigFiles(directory, meshConfig, SETTLE.toNanos()));
    store.thread.start();
    return store;
  }

  /**
   * Reads files and directories once. The snapshot holds the resources of the files without errors;
   * a path that is not there or cannot be read is a finding.
   *
   * @param paths files of whatever name, and directories, of which the configuration files are read
   */
  public static ConfigSnapshot load(List<Path> paths) {
    return load(paths, Optional.empty());
  }

  /** The same with a file of settings of the mesh; see {@link #open(Path, Optional)}. */
  public static ConfigSnapshot load(List<Path> paths, Optional<Path> meshConfig) {
    return OneTimeLoad.of(paths, meshConfig).snapshot();
  }

  /** The same for validation, with what the snapshot leaves out. */
  public static LoadedFiles loadAll(List<Path> paths, Optional<Path> meshConfig) {
    return OneTimeLoad.of(paths, meshConfig);
  }

  @Override
  public ConfigSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public Subscription subscribe(Listener listener) {
    return listeners.subscribe(listener);
  }

  @Override
  public void close() {
    // Not by interrupting: that would also break off the reading of a file, and look like an error
    // of the file.
    closing.countDown();
    listeners.close();
    watch.close();
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long lastThorough = System.nanoTime();
    long thoroughPause = THOROUGH_NANOS;
    long lastTaken = 0;
    while (waitForNextLook(lastTaken)) {
      long begun = System.nanoTime();
      boolean thorough = begun - lastThorough >= thoroughPause;
      try {
        lookOnce(begun, thorough);
      } catch (RuntimeException unforeseen) {
        LOGGER.log(Level.ERROR, "mesh: looking for changed configuration failed", unforeseen);
      }
      long taken = System.nanoTime() - begun;
      if (thorough) {
        lastThorough = begun;
        thoroughPause = Math.max(THOROUGH_NANOS, taken * SHARE);
      } else {
        lastTaken = taken;
      }
    }
  }

  /** Returns false when the store is closing. */
  private boolean waitForNextLook(long lastTaken) {
    try {
      if (waiting) {
        return !closing.await(SETTLE.toNanos(), TimeUnit.NANOSECONDS);
      }
      if (!watch.await(Math.max(POLL_NANOS, lastTaken * SHARE), closing)) {
        return false;
      }
      // Events come in bursts, and files that are none of ours may change all the time.
      return !closing.await(Math.max(BREATH_NANOS, lastTaken), TimeUnit.NANOSECONDS);
    } catch (InterruptedException nobodyOfOurs) {
      return closing.getCount() > 0;
    }
  }

  private void lookOnce(long nanos, boolean thorough) {
    ConfigFiles.Look look = files.look(nanos, thorough);
    watch.watch(look.listing().directories());
    if (look.changed()) {
      snapshot = files.snapshot(snapshot.generation() + 1);
      listeners.tell(snapshot);
    }
    waiting = look.waiting();
  }
}
