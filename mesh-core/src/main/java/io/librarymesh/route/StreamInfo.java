package io.librarymesh.route;

import io.librarymesh.config.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What the value of a header can tell of a call besides its request and its response. Source: Envoy
 * {@code StreamInfo}. Read only by the thread that drives the call.
 */
public interface StreamInfo {
  /** When the call began, in milliseconds since 1970. */
  long startMillis();

  /** The name of the route taken; may be empty. */
  String routeName();

  /** The name of the virtual host whose route it is. */
  String virtualHostName();

  /** The name of the cluster chosen; empty before that. */
  String clusterName();

  /** Where the last attempt went; null before that, and when it went where its URL points. */
  @Nullable Endpoint endpoint();

  /** The number of the attempt, from 1; 0 before the first. */
  int attempt();

  /** The status that the caller gets; 0 before that is known. */
  int responseCode();

  /** The short names of the call's flags, joined by commas; empty without any. */
  String responseFlags();

  /** The name of this machine; empty when it is not known. */
  String hostname();
}
