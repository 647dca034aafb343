package io.librarymesh.identity;

import io.librarymesh.time.Scheduler;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Follows an identity in files. They are read every few seconds, since mounted secrets are replaced
 * in ways that watches do not see; a certificate without its key, as a writer leaves it between two
 * files, is read again at the next look and never put in force.
 */
public final class FileIdentitySource implements IdentitySource {
  /** How often files are looked at; a rotation happens hours before it is needed. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

  private final IdentityFiles files;
  private final Scheduler scheduler;
  private final Executor reader;
  private final long intervalNanos;
  private final CurrentIdentity current = new CurrentIdentity();
  private volatile boolean closed;

  FileIdentitySource(IdentityFiles files, Scheduler scheduler, Executor reader, Duration interval) {
    this.files = files;
    this.scheduler = scheduler;
    this.reader = reader;
    this.intervalNanos = interval.toNanos();
  }

  /**
   * Reads the files now and follows them until it is closed.
   *
   * @throws IOException if a file cannot be read now
   * @throws CertificateException if they hold no identity now; the message names the file
   */
  public static FileIdentitySource open(IdentityFiles files)
      throws IOException, CertificateException {
    FileIdentitySource source =
        new FileIdentitySource(
            files, Scheduler.system(), FileIdentitySource::beside, DEFAULT_INTERVAL);
    source.start();
    return source;
  }

  /** A thread for each look costs less than one that waits for the next. */
  private static void beside(Runnable look) {
    Thread thread = new Thread(look, "mesh-identity-files");
    thread.setDaemon(true);
    thread.start();
  }

  void start() throws IOException, CertificateException {
    current.replace(files.read());
    again();
  }

  private void again() {
    if (!closed) {
      scheduler.schedule(() -> reader.execute(this::look), intervalNanos);
    }
  }

  private void look() {
    if (closed) {
      return;
    }
    try {
      Identity read = files.read();
      if (current.get().map(now -> same(now, read)).orElse(false)) {
        current.settled();
      } else {
        current.replace(read);
      }
    } catch (IOException | CertificateException e) {
      current.failed(String.valueOf(e.getMessage()));
    }
    again();
  }

  private static boolean same(Identity now, Identity read) {
    return now.svid().chain().equals(read.svid().chain()) && now.bundles().equals(read.bundles());
  }

  @Override
  public Optional<Identity> current() {
    return current.get();
  }

  @Override
  public Optional<String> problem() {
    return current.problem();
  }

  @Override
  public AutoCloseable subscribe(Consumer<Identity> listener) {
    return current.subscribe(listener);
  }

  @Override
  public void close() {
    closed = true;
  }
}
