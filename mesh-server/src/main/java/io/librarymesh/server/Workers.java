package io.librarymesh.server;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that carry bytes: virtual ones where the JVM has them, else a pool of daemons. */
final class Workers {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private Workers() {}

  static ExecutorService start() {
    try {
      MethodHandle virtual =
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class));
      return (ExecutorService) virtual.invokeExact();
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      // Before JDK 21 there are none; JDK 19 and 20 have them as a preview that throws.
      return Executors.newCachedThreadPool(Workers::daemon);
    }
  }

  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "library-mesh-inbound-" + NUMBERS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
