package io.librarymesh.controlplane.store;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes a thread when something happens in directories. Only a hint: events get lost, systems have
 * limits of watches, and some have none. Whoever waits here looks for itself afterwards, and also
 * looks when nothing woke it.
 */
final class DirectoryWatch implements AutoCloseable {
  private final @Nullable WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();

  DirectoryWatch() {
    this.service = open();
  }

  private static @Nullable WatchService open() {
    try {
      return FileSystems.getDefault().newWatchService();
    } catch (IOException | UnsupportedOperationException none) {
      return null;
    }
  }

  /** Watches exactly these directories from now on, as far as the system lets it. */
  void watch(Set<Path> directories) {
    if (service == null) {
      return;
    }
    keys.entrySet()
        .removeIf(
            entry -> {
              boolean gone = !directories.contains(entry.getKey()) || !entry.getValue().isValid();
              if (gone) {
                entry.getValue().cancel();
              }
              return gone;
            });
    for (Path directory : directories) {
      if (!keys.containsKey(directory)) {
        register(service, directory);
      }
    }
  }

  private void register(WatchService watches, Path directory) {
    try {
      keys.put(directory, directory.register(watches, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY));
    } catch (IOException | ClosedWatchServiceException unwatched) {
      // Looking from time to time finds its changes as well, only later.
      keys.remove(directory);
    }
  }

  /**
   * Waits until something happens, or for the time.
   *
   * @return false when the latch is down or this is closed
   */
  boolean await(long nanos, CountDownLatch closing) throws InterruptedException {
    if (service == null) {
      return !closing.await(nanos, TimeUnit.NANOSECONDS);
    }
    try {
      WatchKey key = service.poll(nanos, TimeUnit.NANOSECONDS);
      while (key != null) {
        key.pollEvents();
        key.reset();
        key = service.poll();
      }
      return closing.getCount() > 0;
    } catch (ClosedWatchServiceException closed) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      if (service != null) {
        service.close();
      }
    } catch (IOException ignored) {
      // Nothing depends on it any more.
    }
  }
}
