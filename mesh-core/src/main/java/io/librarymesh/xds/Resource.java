package io.librarymesh.xds;

import com.google.protobuf.ByteString;
import io.librarymesh.xds.XdsStatus.ResourceState;
import io.librarymesh.xds.XdsStatus.ResourceStatus;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One subscribed resource: the last good value, and what was said since. Event loop only.
 *
 * <p>A value is never given up for a broken one; only the server's word that the resource is gone
 * takes it away.
 */
final class Resource<T> {
  /** No server has said anything. */
  static final int NO_SOURCE = -1;

  private final ResourceType<T> type;
  private final String name;
  private final Set<Dependent> dependents = new LinkedHashSet<>();

  private @Nullable T value;
  private String version = "";
  private ByteString digest = ByteString.EMPTY;
  private List<String> warnings = List.of();

  private String absence = "";
  private boolean saidAbsent;
  private List<String> errors = List.of();
  private ByteString refusedDigest = ByteString.EMPTY;
  private boolean expired;
  private int source = NO_SOURCE;

  Resource(ResourceType<T> type, String name) {
    this.type = type;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The last good value. */
  Optional<T> value() {
    return Optional.ofNullable(value);
  }

  /** The server's version of the last good value; empty without one. */
  String version() {
    return version;
  }

  /** Why there is no such resource; empty unless the server says so or keeps silent. */
  String absence() {
    return absence;
  }

  /** Whether the server has said so; one that keeps silent, or withholds it, has not. */
  boolean isSaidToBeAbsent() {
    return saidAbsent;
  }

  /** What was wrong with the last value that came; empty when it was in order. */
  List<String> errors() {
    return errors;
  }

  /** Which server had the last word on this resource. */
  int source() {
    return source;
  }

  /**
   * Whether there is nothing to wait for any more: there is a value, or there will be none.
   *
   * @param holding whether there is something that can stay in force, so that a broken value is
   *     waited out as a missing one is
   */
  boolean decided(boolean holding) {
    return value != null || !absence.isEmpty() || expired || (!holding && !errors.isEmpty());
  }

  boolean isUnused() {
    return dependents.isEmpty();
  }

  void addDependent(Dependent dependent) {
    dependents.add(dependent);
  }

  void removeDependent(Dependent dependent) {
    dependents.remove(dependent);
  }

  /** The same bytes that are in force. */
  boolean isInForce(ByteString digestOfBytes) {
    return value != null && digest.equals(digestOfBytes);
  }

  /** The same bytes that were refused last. */
  boolean wasRefused(ByteString digestOfBytes) {
    return !errors.isEmpty() && refusedDigest.equals(digestOfBytes);
  }

  /** The value in force came once more, perhaps under another version or from another server. */
  void confirm(String newVersion, int server) {
    version = newVersion;
    if (source != server || !errors.isEmpty()) {
      source = server;
      errors = List.of();
      changed();
    }
  }

  void accept(ReadResult.Accepted<T> result, String newVersion, ByteString newDigest, int server) {
    boolean same = result.value().equals(value) && source == server && errors.isEmpty();
    if (!result.value().equals(value)) {
      value = result.value();
    }
    version = newVersion;
    digest = newDigest;
    warnings = result.warnings();
    absence = "";
    saidAbsent = false;
    errors = List.of();
    expired = false;
    source = server;
    if (!same) {
      changed();
    }
  }

  void refuse(List<String> newErrors, ByteString newDigest, int server) {
    saidAbsent = false;
    errors = newErrors;
    refusedDigest = newDigest;
    source = server;
    changed();
  }

  /** The server says that the resource does not exist. */
  void remove(String reason, int server) {
    remove(reason, true, server);
  }

  /** The server will not send the resource. */
  void withhold(String reason, int server) {
    remove(reason, false, server);
  }

  private void remove(String reason, boolean said, int server) {
    boolean same =
        value == null && absence.equals(reason) && saidAbsent == said && source == server;
    saidAbsent = said;
    value = null;
    version = "";
    digest = ByteString.EMPTY;
    warnings = List.of();
    absence = reason;
    errors = List.of();
    source = server;
    if (!same) {
      changed();
    }
  }

  /** The server kept silent for too long; what is there stays. */
  void expire(String reason, int server) {
    if (value == null && errors.isEmpty()) {
      absence = reason;
    }
    expired = true;
    source = server;
    changed();
  }

  private void changed() {
    dependents.forEach(Dependent::onChange);
  }

  ResourceStatus status() {
    ResourceState state =
        !errors.isEmpty()
            ? ResourceState.REFUSED
            : value != null
                ? ResourceState.ACCEPTED
                : absence.isEmpty() ? ResourceState.REQUESTED : ResourceState.ABSENT;
    List<String> problems = absence.isEmpty() || !errors.isEmpty() ? errors : List.of(absence);
    return new ResourceStatus(type.shortName(), name, state, version, problems, warnings);
  }

  /** For people: a listener is what somebody calls, the rest has names that only xDS knows. */
  String called() {
    return type == ResourceType.LISTENER ? name : toString();
  }

  @Override
  public String toString() {
    return type + " " + name;
  }
}
