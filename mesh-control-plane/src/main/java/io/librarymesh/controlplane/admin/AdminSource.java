package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.load.LoadReports;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.serve.AdsServer;
import java.util.Optional;

/** Where the pages have what they show. Any thread. */
public interface AdminSource {

  /**
   * The server that clients are served by; absent while the sources are read for the first time.
   */
  Optional<AdsServer> server();

  /** What clients reported of the load that they send. */
  LoadReports loads();

  /** Numbers of the whole process. */
  Metrics metrics();

  /** The version of this software. */
  String version();
}
