package io.librarymesh.xds;

import com.google.protobuf.ByteString;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The subscribed resources of one type. Event loop only.
 *
 * <p>A resource that nobody needs any more is dropped when the change is sent, not before: until
 * then the server believes that the client has it, and would not send it again.
 */
final class ResourceTable<T> {
  private static final Logger LOG = System.getLogger(ResourceTable.class.getName());

  private final ResourceType<T> type;
  private final Map<String, Resource<T>> resources = new LinkedHashMap<>();
  private final Set<Resource<T>> added = new LinkedHashSet<>();
  private final Set<Resource<T>> unused = new LinkedHashSet<>();
  private final MessageDigest sha256 = sha256();

  ResourceTable(ResourceType<T> type) {
    this.type = type;
  }

  /** What changed in the subscription. */
  record Changes(List<Resource<?>> added, List<String> removed) {
    boolean isEmpty() {
      return added.isEmpty() && removed.isEmpty();
    }
  }

  ResourceType<T> type() {
    return type;
  }

  Resource<T> subscribe(String name, Dependent dependent) {
    Resource<T> resource = resources.get(name);
    if (resource == null) {
      resource = new Resource<>(type, name);
      resources.put(name, resource);
      added.add(resource);
    }
    unused.remove(resource);
    resource.addDependent(dependent);
    return resource;
  }

  void unsubscribe(Resource<T> resource, Dependent dependent) {
    resource.removeDependent(dependent);
    if (resource.isUnused()) {
      unused.add(resource);
    }
  }

  /** The changes since this was asked last; whoever asks has to tell the server. */
  Changes takeChanges() {
    List<String> removed = new ArrayList<>(unused.size());
    for (Resource<T> resource : unused) {
      resources.remove(resource.name());
      if (!added.remove(resource)) {
        removed.add(resource.name());
      }
    }
    Changes changes = new Changes(List.copyOf(added), removed);
    unused.clear();
    added.clear();
    return changes;
  }

  /** In the order in which they were subscribed. */
  Collection<Resource<T>> resources() {
    return resources.values();
  }

  boolean isEmpty() {
    return resources.size() == unused.size();
  }

  /**
   * Takes a resource that the server sent.
   *
   * @return what is wrong with it, each with type and name; empty when it is in order or nobody
   *     asked for it
   */
  List<String> receive(String name, String version, ByteString bytes, int server) {
    Resource<T> resource = resources.get(name);
    if (resource == null) {
      return List.of();
    }
    ByteString digest = digest(bytes);
    if (resource.isInForce(digest)) {
      resource.confirm(version, server);
      return List.of();
    }
    if (resource.wasRefused(digest)) {
      return named(resource);
    }
    ReadResult<T> result = type.read(bytes);
    if (result instanceof ReadResult.Accepted<T> accepted) {
      resource.accept(accepted, version, digest, server);
      logWarnings(resource, accepted.warnings());
      return List.of();
    }
    resource.refuse(((ReadResult.Refused<T>) result).errors(), digest, server);
    return named(resource);
  }

  /** Refuses a resource without reading it. */
  List<String> refuse(String name, String error, int server) {
    Resource<T> resource = resources.get(name);
    if (resource == null) {
      return List.of();
    }
    resource.refuse(List.of(error), ByteString.EMPTY, server);
    return named(resource);
  }

  /** Takes the server's word that a resource does not exist; others than subscribed are ignored. */
  void remove(String name, String reason, int server) {
    Resource<T> resource = resources.get(name);
    if (resource != null) {
      resource.remove(reason, server);
    }
  }

  /** Takes the server's word that it will not send a resource; what is in force stays. */
  void withhold(String name, String reason, int server) {
    Resource<T> resource = resources.get(name);
    if (resource != null && resource.value().isEmpty()) {
      resource.withhold(reason, server);
    }
    LOG.log(Level.WARNING, "library-mesh: " + type + " " + name + ": " + reason);
  }

  /** Whether this very resource is still subscribed. */
  boolean contains(Resource<?> resource) {
    return resources.get(resource.name()) == resource;
  }

  private static List<String> named(Resource<?> resource) {
    return resource.errors().stream().map(error -> resource + ": " + error).toList();
  }

  /** Once for each version: the same bytes are not read twice. */
  private void logWarnings(Resource<T> resource, List<String> warnings) {
    for (String warning : warnings) {
      LOG.log(Level.WARNING, "library-mesh: " + resource + ": " + warning);
    }
  }

  private ByteString digest(ByteString bytes) {
    for (java.nio.ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
      sha256.update(part);
    }
    return ByteString.copyFrom(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256: missing (expected: every Java platform has it)", e);
    }
  }
}
