package io.librarymesh.xds;

import com.google.protobuf.Any;
import io.grpc.Channel;
import io.grpc.Status;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.xds.ResourceTable.Changes;
import io.librarymesh.xds.XdsConfigSource.MassRemoval;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * State-of-the-world xDS: each request names everything that is subscribed of a type, and responses
 * about listeners and clusters hold all of it, so that what is missing is gone.
 *
 * <p>Source: Envoy {@code service.discovery.v3}, the protocol's first variant.
 */
final class SotwStream implements AdsStream, AdsCall.Listener<DiscoveryResponse> {
  private static final String GONE = "the control plane no longer has it";

  private final Setup setup;
  private final AnswerTimers timers;
  private final Map<ResourceTable<?>, Conversation> started = new HashMap<>();
  private final AdsCall<DiscoveryRequest, DiscoveryResponse> call;
  private boolean introduced;

  private SotwStream(Channel channel, Setup setup) {
    this.setup = setup;
    timers = new AnswerTimers(setup.loop(), setup.tables(), setup.server());
    call =
        AdsCall.start(
            channel,
            AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod(),
            setup.loop(),
            this);
  }

  /** Opens a stream and asks for everything that is subscribed. */
  static AdsStream open(Channel channel, Setup setup) {
    SotwStream stream = new SotwStream(channel, setup);
    stream.flush();
    return stream;
  }

  @Override
  public void flush() {
    for (ResourceTable<?> table : setup.tables().all()) {
      Changes changes = table.takeChanges();
      Conversation conversation = started.get(table);
      if (conversation == null) {
        start(table);
      } else if (!changes.isEmpty()) {
        conversation.sendNames();
        timers.requested(changes.added());
      }
    }
  }

  private void start(ResourceTable<?> table) {
    // Before any name was sent, a request without names would ask for everything there is.
    if (table.isEmpty()) {
      return;
    }
    Conversation conversation = new Conversation(table);
    started.put(table, conversation);
    conversation.sendNames();
    timers.requested(table.resources());
  }

  @Override
  public void onReady() {
    timers.ready();
    setup.owner().onReady();
  }

  @Override
  public void onMessage(DiscoveryResponse message) {
    onReady();
    ResourceTable<?> table = setup.tables().byTypeUrl(message.getTypeUrl());
    Conversation conversation = started.get(table);
    if (table == null || conversation == null) {
      return; // of a type that nobody asked for
    }
    Response response = new Response(table, setup.server());
    List<Any> resources = message.getResourcesList();
    for (int i = 0; i < resources.size(); i++) {
      response.addBare(i, resources.get(i), message.getVersionInfo());
    }
    response.take();
    if (table.type().absence() == ResourceType.Absence.DELETES && response.namesAreKnown()) {
      removeMissing(table, response);
    }
    response.takeErrors(message.getResourceErrorsList());
    setup.owner().onResponse(response.errors().isEmpty());
    conversation.answer(message, response.errors());
  }

  private void removeMissing(ResourceTable<?> table, Response response) {
    List<? extends Resource<?>> missing =
        table.resources().stream()
            .filter(known -> known.value().isPresent() && !response.contains(known.name()))
            .toList();
    if (!missing.isEmpty() && response.isEmpty() && setup.massRemoval() == MassRemoval.KEEP) {
      missing.forEach(known -> known.confirm(known.version(), setup.server()));
      setup
          .owner()
          .onRemark(
              "an empty response would have removed every "
                  + table.type()
                  + ", so what is known was kept");
      return;
    }
    missing.forEach(known -> known.remove(GONE, setup.server()));
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
    started.values().forEach(conversation -> conversation.answers.cancel());
  }

  /** What is said about one type. Nonces belong to the stream, versions to the server. */
  private final class Conversation {
    final ResourceTable<?> table;
    final Answers answers = new Answers(setup.loop(), this::send);
    String nonce = "";

    Conversation(ResourceTable<?> table) {
      this.table = table;
      // A version says "I have this"; whoever lacks a part of it must not say so.
      boolean hasAll =
          table.resources().stream()
              .allMatch(known -> known.value().isPresent() && known.source() == setup.server());
      if (!hasAll) {
        setup.versions().remove(table.type());
      }
    }

    void sendNames() {
      // A refusal that waits carries the names as well, and must not be overtaken by them.
      if (!answers.sendPending()) {
        send(nonce, Optional.empty());
      }
    }

    void answer(DiscoveryResponse message, List<String> errors) {
      if (message.getNonce().isEmpty()) {
        return; // without a nonce an answer would be a request
      }
      nonce = message.getNonce();
      if (errors.isEmpty()) {
        setup.versions().put(table.type(), message.getVersionInfo());
      }
      answers.answer(nonce, errors);
    }

    private void send(String answered, Optional<com.google.rpc.Status> error) {
      DiscoveryRequest.Builder request =
          DiscoveryRequest.newBuilder()
              .setTypeUrl(table.type().typeUrl())
              .setVersionInfo(setup.versions().getOrDefault(table.type(), ""))
              .setResponseNonce(answered);
      table.resources().forEach(resource -> request.addResourceNames(resource.name()));
      error.ifPresent(request::setErrorDetail);
      if (!introduced) {
        introduced = true;
        request.setNode(setup.node());
      }
      call.send(request.build());
      error.ifPresent(status -> setup.owner().onRefusal(status.getMessage()));
    }
  }
}
