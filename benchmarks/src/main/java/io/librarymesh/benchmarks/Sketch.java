package io.librarymesh.benchmarks;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The engine's work without its features: one table, prefixes of one shape, no header conditions,
 * no retry state, no priorities. A floor for what a pass can cost, not a design.
 */
final class Sketch {
  private final Map<String, Service> services = new HashMap<>();

  Sketch(int routes, int endpoints) {
    for (int i = 0; i < 1000; i++) {
      services.put("service-" + i, new Service(routes, endpoints));
    }
  }

  int call(String host, String path) {
    Service service = services.get(host);
    if (service == null) {
      return 404;
    }
    return service.call(path);
  }

  private static final class Service {
    private final Map<String, Integer> routes = new HashMap<>();
    private final Upstream[] upstreams;

    Service(int routeCount, int endpoints) {
      for (int i = 0; i < routeCount; i++) {
        routes.put("/api/v1/resource-" + i + "/", i);
      }
      upstreams = new Upstream[] {new Upstream(endpoints), new Upstream(endpoints)};
    }

    int call(String path) {
      int end = path.indexOf('/', "/api/v1/".length()) + 1;
      Integer route = routes.get(path.substring(0, end));
      if (route == null) {
        return 404;
      }
      ThreadLocalRandom random = ThreadLocalRandom.current();
      if (random.nextInt(1_000_000) < 0) {
        return 503;
      }
      return upstreams[random.nextInt(100) < 90 ? 0 : 1].call(random);
    }
  }

  private static final class Upstream {
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicIntegerArray active;
    private final AtomicIntegerArray failures;
    private final LongAdder calls = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    Upstream(int endpoints) {
      active = new AtomicIntegerArray(endpoints);
      failures = new AtomicIntegerArray(endpoints);
    }

    int call(ThreadLocalRandom random) {
      long start = System.nanoTime();
      if (inFlight.incrementAndGet() > 1024) {
        inFlight.decrementAndGet();
        return 503;
      }
      int one = random.nextInt(active.length());
      int two = random.nextInt(active.length());
      int host = active.get(two) < active.get(one) ? two : one;
      active.incrementAndGet(host);
      if (failures.get(host) != 0) {
        failures.set(host, 0);
      }
      active.decrementAndGet(host);
      inFlight.decrementAndGet();
      calls.increment();
      nanos.add(System.nanoTime() - start);
      return 200;
    }
  }
}
