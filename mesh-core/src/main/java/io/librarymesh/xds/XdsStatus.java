package io.librarymesh.xds;

import java.util.List;

/**
 * What the xDS client knows, at one moment.
 *
 * @param server the one in use or tried last, as {@code host:port}; empty before the first try
 * @param connected whether a stream to it is open
 * @param variant {@code delta} or {@code sotw}; empty when there is no stream
 * @param problem why the control plane cannot be reached, or what it did that was not followed;
 *     empty when all is well
 * @param nanosSinceResponse how old the last message of any control plane is; -1 before the first
 * @param counts over the life of the client
 * @param resources all that are subscribed, by type and name
 */
public record XdsStatus(
    String server,
    boolean connected,
    String variant,
    String problem,
    long nanosSinceResponse,
    Counts counts,
    List<ResourceStatus> resources) {
  public XdsStatus {
    resources = List.copyOf(resources);
  }

  /**
   * How often something happened.
   *
   * @param streams opened, failed tries included
   * @param responses received
   * @param refusals responses that were refused, in whole or in part
   */
  public record Counts(long streams, long responses, long refusals) {}

  /** How it stands with a resource. */
  public enum ResourceState {
    /** Asked for, not answered. */
    REQUESTED,
    /** In force. */
    ACCEPTED,
    /** What came last is broken; the version before it is in force when there was one. */
    REFUSED,
    /** Does not exist. */
    ABSENT
  }

  /**
   * One subscribed resource.
   *
   * @param type such as {@code Cluster}
   * @param version of what is in force; empty when nothing is
   * @param problems why it is refused or absent, each with its path; empty otherwise
   * @param warnings what it asks for and does not get, each with its path
   */
  public record ResourceStatus(
      String type,
      String name,
      ResourceState state,
      String version,
      List<String> problems,
      List<String> warnings) {
    public ResourceStatus {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }
}
