package io.librarymesh.controlplane.serve;

import com.google.protobuf.Any;
import io.librarymesh.controlplane.serve.AdsStatus.Version;
import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import io.librarymesh.controlplane.translate.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One resource of a client.
 *
 * @param type its type
 * @param name the name that the client asked for
 * @param sync how far the client is with it; {@link SyncState#NOT_SENT} also when there is none
 * @param version its versions
 * @param sent what the client was sent last under this name; absent for nothing
 * @param updated since when there is what the client was sent last; absent for nothing
 * @param absence why there is no such resource; empty when there is one, or it is held back
 */
public record ClientResource(
    ResourceType type,
    String name,
    SyncState sync,
    Version version,
    Optional<Any> sent,
    Optional<Instant> updated,
    String absence) {

  /** All of one stream, by type and name. */
  static List<ClientResource> of(ClientStream stream, DiscoveryState state) {
    List<ClientResource> resources = new ArrayList<>();
    stream
        .subscriptions()
        .forEach(
            (type, subscription) ->
                subscription.forEach(entry -> resources.add(of(entry, subscription, state))));
    return resources;
  }

  private static ClientResource of(
      Entry entry, TypeSubscription subscription, DiscoveryState state) {
    Optional<EncodedResource> sent = Optional.ofNullable(subscription.sent(entry));
    Version version = AdsStatus.version(entry, subscription);
    boolean absent = entry.content().isEmpty() && !entry.isHeld();
    return new ClientResource(
        entry.type(),
        entry.name(),
        sync(entry.name(), version, subscription),
        version,
        sent.map(EncodedResource::any),
        sent.map(EncodedResource::madeAt),
        absent ? state.resources().absence(entry).reason() : "");
  }

  private static SyncState sync(String name, Version version, TypeSubscription subscription) {
    if (version.sent().isEmpty()) {
      return SyncState.NOT_SENT;
    }
    boolean refused =
        subscription
            .inFlight()
            .nack()
            .filter(nack -> version.sent().equals(nack.versions().get(name)))
            .isPresent();
    if (refused) {
      return SyncState.NACK;
    }
    return version.current().equals(version.acknowledged()) ? SyncState.SYNCED : SyncState.STALE;
  }
}
