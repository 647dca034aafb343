package io.librarymesh.route;

import io.librarymesh.time.WallClock;

/** The session of one request. */
public final class RequestSession {
  private final SessionPlan plan;
  private final String host;

  RequestSession(SessionPlan plan, String host) {
    this.plan = plan;
    this.host = host;
  }

  /** The address of the host that the request asks for; empty when it asks for none. */
  public String host() {
    return host;
  }

  /** Whether the request must fail when that host is not available. */
  public boolean strict() {
    return plan.strict();
  }

  /** Whether a host is the one that the request asks for, so that there is nothing to tell. */
  public boolean isWith(String address) {
    return address.equals(host);
  }

  /**
   * Tells the caller which host its session is with now.
   *
   * @param served the address of the host of the last attempt
   * @param clock asked only where a cookie has an age
   * @param response after all other changes of its headers
   */
  public void remember(String served, WallClock clock, HeaderSink response) {
    plan.give(served, clock, response);
  }
}
