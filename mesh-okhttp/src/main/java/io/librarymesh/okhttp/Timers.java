package io.librarymesh.okhttp;

import io.librarymesh.time.Scheduler;
import okhttp3.Call;

/** Hands out the timers of a call: of its deadlines and of its waits. Any thread. */
@FunctionalInterface
interface Timers {
  /** Those of every call but in tests. */
  Timers SYSTEM = call -> Scheduler.system();

  /**
   * The timers of one call.
   *
   * @param call what the caller knows as its call
   */
  Scheduler of(Call call);
}
