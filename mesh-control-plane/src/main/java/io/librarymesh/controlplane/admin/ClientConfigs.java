package io.librarymesh.controlplane.admin;

import com.google.protobuf.Timestamp;
import io.librarymesh.controlplane.serve.AdsStatus.Refusal;
import io.librarymesh.controlplane.serve.ClientResource;
import io.librarymesh.controlplane.serve.ConnectedClient;
import io.librarymesh.controlplane.serve.SyncState;
import io.librarymesh.proto.envoy.admin.v3.UpdateFailureState;
import io.librarymesh.proto.envoy.service.status.v3.ClientConfig;
import io.librarymesh.proto.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.librarymesh.proto.envoy.service.status.v3.ConfigStatus;
import java.time.Instant;
import java.util.List;

/**
 * Clients as Envoy's client status shows them, from a server's side: versions and contents are what
 * the client was sent last, also when it refused that, and times are those of the server.
 */
final class ClientConfigs {

  private ClientConfigs() {}

  /**
   * One client.
   *
   * @param contents whether what is in the resources is shown
   */
  static ClientConfig of(ConnectedClient client, List<ClientResource> resources, boolean contents) {
    ClientConfig.Builder config = ClientConfig.newBuilder().setNode(client.description());
    resources.forEach(
        resource -> config.addGenericXdsConfigs(resource(client, resource, contents)));
    return config.build();
  }

  private static GenericXdsConfig resource(
      ConnectedClient client, ClientResource resource, boolean contents) {
    GenericXdsConfig.Builder config =
        GenericXdsConfig.newBuilder()
            .setTypeUrl(resource.type().typeUrl())
            .setName(resource.name())
            .setVersionInfo(resource.version().sent())
            .setConfigStatus(status(resource.sync()));
    resource.updated().map(ClientConfigs::timestamp).ifPresent(config::setLastUpdated);
    if (contents) {
      resource.sent().ifPresent(config::setXdsConfig);
    }
    if (resource.sync() == SyncState.NACK) {
      client
          .type(resource.type())
          .refusal()
          .ifPresent(refusal -> config.setErrorState(failure(resource, refusal)));
    }
    return config.build();
  }

  private static UpdateFailureState failure(ClientResource resource, Refusal refusal) {
    return UpdateFailureState.newBuilder()
        .setLastUpdateAttempt(timestamp(refusal.at()))
        .setDetails(refusal.message())
        .setVersionInfo(resource.version().sent())
        .build();
  }

  private static ConfigStatus status(SyncState sync) {
    return switch (sync) {
      case IGNORED -> ConfigStatus.UNKNOWN;
      case NOT_SENT -> ConfigStatus.NOT_SENT;
      case STALE -> ConfigStatus.STALE;
      case NACK -> ConfigStatus.ERROR;
      case SYNCED -> ConfigStatus.SYNCED;
    };
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
