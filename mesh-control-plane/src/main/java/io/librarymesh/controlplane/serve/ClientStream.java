package io.librarymesh.controlplane.serve;

import io.grpc.Status;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream: reads its requests; {@link Subscriptions} keeps what it asks for and {@link
 * Dispatch} writes what is due.
 *
 * <p>Confined to the state executor.
 */
final class ClientStream implements Admission.Guest, SendBudget.Guest {

  private static final String OVERLOADED =
      "too many clients wait for their first answer (expected: another try after a back-off)";

  private final String id;
  private final Origin origin;
  private final Variant variant;
  private final DiscoveryState state;
  private final Scope scope;
  private final Outgoing outgoing;
  private final Subscriptions subscriptions;
  private final Dispatch dispatch;
  private @Nullable ClientNode node;
  private boolean closed;
  private boolean goodbye;
  private final long openedAt;
  private @Nullable Long behindSince;

  /** The variant of the protocol. */
  enum Variant {
    INCREMENTAL,
    STATE_OF_THE_WORLD
  }

  /**
   * Which types a stream is about.
   *
   * @param type the only one; absent on an aggregated stream
   */
  record Scope(Optional<ResourceType> type) {

    static final Scope AGGREGATED = new Scope(Optional.empty());

    static Scope of(ResourceType type) {
      return new Scope(Optional.of(type));
    }
  }

  ClientStream(String id, Variant variant, Scope scope, DiscoveryState state, Outgoing outgoing) {
    this(id, new Origin("", Optional.empty()), variant, scope, state, outgoing);
  }

  /**
   * Who is at the other end.
   *
   * @param address from where it comes; empty when that is not known
   * @param caller what the certificate says; absent where nobody is asked for one
   */
  record Origin(String address, Optional<SpiffeId> caller) {}

  /** A stream on which nothing was said yet. */
  ClientStream(
      String id,
      Origin origin,
      Variant variant,
      Scope scope,
      DiscoveryState state,
      Outgoing outgoing) {
    this.id = id;
    this.origin = origin;
    this.variant = variant;
    this.scope = scope;
    this.state = state;
    this.outgoing = outgoing;
    this.openedAt = state.now();
    this.subscriptions = new Subscriptions(state, () -> state.hasWork(this));
    this.dispatch = new Dispatch(variant, outgoing, subscriptions, this::claims);
  }

  /** Unique among the streams of this server; also the identity of what the stream registers. */
  String id() {
    return id;
  }

  /** From where it comes; empty when that is not known. */
  String address() {
    return origin.address();
  }

  Variant variant() {
    return variant;
  }

  Scope scope() {
    return scope;
  }

  /** When the stream began, by the server's monotonic clock. */
  long openedAt() {
    return openedAt;
  }

  /** Absent until the first request. */
  Optional<ClientNode> node() {
    return Optional.ofNullable(node);
  }

  /** Why what the client registers is not used; empty when it is, or there is nothing. */
  String registrationProblem() {
    ClientNode known = node;
    return known == null ? "" : state.registrationProblem(this, known);
  }

  Map<ResourceType, TypeSubscription> subscriptions() {
    return subscriptions.byType();
  }

  /** An incremental request: subscriptions change, and on its own an earlier response is judged. */
  void onRequest(DeltaDiscoveryRequest request) {
    Node sender = request.hasNode() ? request.getNode() : Node.getDefaultInstance();
    Optional<ResourceType> type = accept(sender, request.getTypeUrl());
    if (type.isEmpty()) {
      return;
    }
    TypeSubscription subscription = subscriptions.of(type.get());
    judge(
        type.get(),
        request.getResponseNonce(),
        request.hasErrorDetail() ? request.getErrorDetail() : null);
    subscriptions.change(
        type.get(),
        request.getResourceNamesUnsubscribeList(),
        request.getResourceNamesSubscribeList(),
        subscription.wasRequested() ? Map.of() : request.getInitialResourceVersionsMap());
    subscription.noteRequest();
    flush();
  }

  /** A state-of-the-world request: the complete list of names, valid only with the last nonce. */
  void onRequest(DiscoveryRequest request) {
    Node sender = request.hasNode() ? request.getNode() : Node.getDefaultInstance();
    Optional<ResourceType> type = accept(sender, request.getTypeUrl());
    if (type.isEmpty()) {
      return;
    }
    TypeSubscription subscription = subscriptions.of(type.get());
    String nonce = request.getResponseNonce();
    boolean started = subscription.wasRequested() && !subscription.inFlight().lastNonce().isEmpty();
    if (started && subscription.inFlight().has(nonce)) {
      subscription.inFlight().supersede(nonce);
    }
    judge(type.get(), nonce, request.hasErrorDetail() ? request.getErrorDetail() : null);
    if (started && !subscription.inFlight().lastNonce().equals(nonce)) {
      state.metrics().overtaken(type.get());
      return; // Sent before the client saw the last response; a newer request is on its way.
    }
    subscription.noteRequest();
    subscriptions.replace(type.get(), request.getResourceNamesList());
    flush();
  }

  /** The type that a request is about; empty when it is to be ignored or ended the stream. */
  private Optional<ResourceType> accept(Node sender, String typeUrl) {
    if (!identify(sender)) {
      return Optional.empty();
    }
    if (scope.type().isPresent()) {
      String expected = scope.type().get().typeUrl();
      if (!typeUrl.isEmpty() && !typeUrl.equals(expected)) {
        refuse("type_url: " + typeUrl + " (expected: " + expected + ", or none, on this stream)");
        return Optional.empty();
      }
      return scope.type();
    }
    if (typeUrl.isEmpty()) {
      refuse("type_url: empty (expected: a type on an aggregated stream)");
    }
    return ResourceType.byTypeUrl(typeUrl);
  }

  /** Reads the node of the first request and registers its workload; false closes the stream. */
  private boolean identify(Node requested) {
    if (closed) {
      return false;
    }
    ClientNode known = node;
    if (known != null) {
      if (requested.getId().isEmpty() || requested.getId().equals(known.id())) {
        return true;
      }
      refuse("node.id: " + requested.getId() + " (expected: " + known.id() + ", as before)");
      return false;
    }
    if (requested.getId().isEmpty()) {
      refuse("node.id: empty (expected: an id in the first request of a stream)");
      return false;
    }
    Optional<String> disagreement = NodeAgreement.disagreement(requested, origin.caller());
    if (disagreement.isPresent()) {
      end(Status.PERMISSION_DENIED.withDescription(disagreement.get()));
      return false;
    }
    ClientNode identified = ClientNode.of(requested);
    if (scope.type().isPresent()) {
      identified = identified.withoutRegistration();
    }
    node = identified;
    dispatch.readsAbsences(identified.view().dialect() == Dialect.LIBRARY);
    dispatch.warmsClusters(identified.warmsClusters());
    subscriptions.identified(state.identified(this, identified));
    return true;
  }

  private void refuse(String reason) {
    end(Status.INVALID_ARGUMENT.withDescription(reason));
  }

  private void end(Status status) {
    outgoing.close(status);
    close();
  }

  private void judge(ResourceType type, String nonce, com.google.rpc.@Nullable Status error) {
    TypeSubscription subscription = subscriptions.of(type);
    if (!subscription.inFlight().has(nonce)) {
      return;
    }
    noteRefusal(type, false);
    if (error == null) {
      subscription.acknowledge(nonce);
      state.metrics().accepted(type);
    } else {
      String code = Status.fromCodeValue(error.getCode()).getCode().name();
      subscription.inFlight().refused(nonce, code, error.getMessage());
      state.refused(this, type, error.getMessage());
      noteRefusal(type, true);
    }
  }

  private void noteRefusal(ResourceType type, boolean refuses) {
    ClientNode sender = node;
    if (sender != null) {
      subscriptions
          .of(type)
          .inFlight()
          .nack()
          .ifPresent(nack -> state.metrics().refusing(type, sender.id(), nack.code(), refuses));
    }
  }

  /** See {@link Subscriptions#rebase}. */
  void rebase(ClientView newView) {
    subscriptions.rebase(newView);
  }

  /**
   * Sends what is due while the client takes it and is admitted; goes on when the client is ready
   * again or its turn has come.
   */
  void flush() {
    if (closed || node == null) {
      return;
    }
    if (state.budget().isClaimedBy(this) && outgoing.isReady()) {
      state.budget().drained(this);
    }
    if (dispatch.hasFirstResponse()) {
      Admission.Answer answer = state.admission().ask(this);
      if (answer == Admission.Answer.REFUSED) {
        end(Status.RESOURCE_EXHAUSTED.withDescription(OVERLOADED));
      }
      if (answer != Admission.Answer.ADMITTED) {
        state.metrics().admission(state.admission());
        return;
      }
    }
    dispatch.flush();
    if (dispatch.isAnswered() && !dispatch.hasFirstResponse()) {
      state.admission().done(this);
    }
    state.metrics().admission(state.admission());
    state.metrics().resources(state.resources().size());
    Long since = behindSince;
    if (since != null && dispatch.isDone()) {
      behindSince = null;
      state.metrics().converged(state.now() - since);
    }
  }

  /** A change of then concerns the client, which has all of it when nothing is left to write. */
  void fallsBehind(long since) {
    if (behindSince == null) {
      behindSince = since;
    }
  }

  @Override
  public void admitted() {
    flush();
  }

  @Override
  public void hasRoom() {
    flush();
  }

  private boolean claims(long bytes) {
    return state.budget().claim(this, bytes);
  }

  /** Ends the stream without a fault; the client is expected back. */
  void retire() {
    if (!closed) {
      end(Status.OK);
    }
  }

  /** The client has ended the stream as one does who will not come back. */
  boolean goodbye() {
    goodbye = true;
    return close();
  }

  /** The stream has ended; nothing is sent any more. False when it had ended before. */
  boolean close() {
    if (closed) {
      return false;
    }
    closed = true;
    subscriptions.byType().keySet().forEach(type -> noteRefusal(type, false));
    subscriptions.clear();
    state.admission().left(this);
    state.budget().left(this);
    state.metrics().admission(state.admission());
    state.ended(this, goodbye);
    return true;
  }
}
