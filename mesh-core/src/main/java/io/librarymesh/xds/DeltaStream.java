package io.librarymesh.xds;

import io.grpc.Channel;
import io.grpc.Status;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceName;
import io.librarymesh.xds.ResourceTable.Changes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Incremental xDS: requests and responses speak of what changed. The first request of a type on a
 * stream names everything that is subscribed, and the versions that this very server sent of it.
 *
 * <p>Source: Envoy {@code service.discovery.v3}, "incremental xDS".
 */
final class DeltaStream implements AdsStream, AdsCall.Listener<DeltaDiscoveryResponse> {
  private final Setup setup;
  private final AnswerTimers timers;
  private final Map<ResourceTable<?>, Answers> started = new HashMap<>();
  private final AdsCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call;
  private boolean introduced;

  private DeltaStream(Channel channel, Setup setup) {
    this.setup = setup;
    timers = new AnswerTimers(setup.loop(), setup.tables(), setup.server());
    call =
        AdsCall.start(
            channel,
            AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(),
            setup.loop(),
            this);
  }

  /** Opens a stream and asks for everything that is subscribed. */
  static AdsStream open(Channel channel, Setup setup) {
    DeltaStream stream = new DeltaStream(channel, setup);
    stream.flush();
    return stream;
  }

  @Override
  public void flush() {
    for (ResourceTable<?> table : setup.tables().all()) {
      Changes changes = table.takeChanges();
      if (!started.containsKey(table)) {
        start(table);
      } else if (!changes.isEmpty()) {
        DeltaDiscoveryRequest.Builder request = request(table);
        changes.added().forEach(resource -> request.addResourceNamesSubscribe(resource.name()));
        send(request.addAllResourceNamesUnsubscribe(changes.removed()));
        timers.requested(changes.added());
      }
    }
  }

  private void start(ResourceTable<?> table) {
    if (table.isEmpty()) {
      return;
    }
    started.put(table, new Answers(setup.loop(), (nonce, error) -> answer(table, nonce, error)));
    DeltaDiscoveryRequest.Builder request = request(table);
    for (Resource<?> resource : table.resources()) {
      request.addResourceNamesSubscribe(resource.name());
      if (resource.value().isPresent() && resource.source() == setup.server()) {
        request.putInitialResourceVersions(resource.name(), resource.version());
      }
    }
    send(request);
    timers.requested(table.resources());
  }

  private static DeltaDiscoveryRequest.Builder request(ResourceTable<?> table) {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(table.type().typeUrl());
  }

  private void send(DeltaDiscoveryRequest.Builder request) {
    if (!introduced) {
      introduced = true;
      request.setNode(setup.node());
    }
    call.send(request.build());
  }

  private void answer(ResourceTable<?> table, String nonce, Optional<com.google.rpc.Status> error) {
    DeltaDiscoveryRequest.Builder request = request(table).setResponseNonce(nonce);
    error.ifPresent(request::setErrorDetail);
    send(request);
    error.ifPresent(status -> setup.owner().onRefusal(status.getMessage()));
  }

  @Override
  public void onReady() {
    timers.ready();
    setup.owner().onReady();
  }

  @Override
  public void onMessage(DeltaDiscoveryResponse message) {
    onReady();
    ResourceTable<?> table = setup.tables().byTypeUrl(message.getTypeUrl());
    Answers answers = started.get(table);
    if (table == null || answers == null) {
      return; // of a type that nobody asked for
    }
    Response response = new Response(table, setup.server());
    for (int i = 0; i < message.getResourcesCount(); i++) {
      response.addWrapped(i, message.getResources(i));
    }
    response.take();
    String removed = "the control plane says that it does not exist";
    message.getRemovedResourcesList().forEach(name -> table.remove(name, removed, setup.server()));
    for (ResourceName name : message.getRemovedResourceNamesList()) {
      table.remove(name.getName(), removed, setup.server());
    }
    response.takeErrors(message.getResourceErrorsList()); // They say why it does not.
    setup.owner().onResponse(response.errors().isEmpty());
    // Without a nonce an answer would be a request.
    if (!message.getNonce().isEmpty()) {
      answers.answer(message.getNonce(), response.errors());
    }
  }

  @Override
  public void onClosed(Status status) {
    stopTimers();
    setup.owner().onClosed(status);
  }

  @Override
  public void cancel(String reason) {
    stopTimers();
    call.cancel(reason);
  }

  @Override
  public void leave(Runnable done) {
    stopTimers();
    call.leave(done);
  }

  private void stopTimers() {
    timers.cancel();
    started.values().forEach(Answers::cancel);
  }
}
