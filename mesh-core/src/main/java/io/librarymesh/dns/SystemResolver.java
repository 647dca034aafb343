package io.librarymesh.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The JDK's lookups, which block and therefore have threads of their own. */
final class SystemResolver implements NameResolver {
  static final SystemResolver INSTANCE = new SystemResolver();

  /** So that one name whose servers do not answer does not hold all others up. */
  private static final int THREADS = 4;

  private static final long IDLE_SECONDS = 30;

  private final ThreadPoolExecutor executor;

  private SystemResolver() {
    executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "mesh-dns");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public void resolve(String name, Consumer<Answer> to) {
    executor.execute(() -> to.accept(lookup(name)));
  }

  private static Answer lookup(String name) {
    try {
      return new Answer.Addresses(
          Arrays.stream(InetAddress.getAllByName(name)).map(SystemResolver::text).toList(), 0);
    } catch (UnknownHostException e) {
      return new Answer.Failure("unknown host");
    } catch (SecurityException e) {
      return new Answer.Failure(String.valueOf(e.getMessage()));
    }
  }

  private static String text(InetAddress address) {
    return address.getHostAddress();
  }
}
