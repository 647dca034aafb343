package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import io.librarymesh.controlplane.translate.ResourceType;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a server knows at one moment. Immutable.
 *
 * @param clients streams that have said who they are, in the order in which they came
 * @param services services with their endpoints
 * @param findings what there is to say about the configuration in force
 * @param generation the {@code generation} of the store's snapshot that is in force: translated,
 *     and written to every client that could take it
 * @param pushes pushes since the start
 * @param refusals responses that clients refused since the start
 * @param admission who waits for a first configuration
 */
public record AdsStatus(
    List<Client> clients,
    List<RegisteredService> services,
    List<Finding> findings,
    long generation,
    long pushes,
    long refusals,
    AdmissionStatus admission) {

  /** Copies the lists. */
  public AdsStatus {
    clients = List.copyOf(clients);
    services = List.copyOf(services);
    findings = List.copyOf(findings);
  }

  /**
   * Clients on their way to a first configuration.
   *
   * @param syncing how many are being sent it
   * @param waiting how many wait for that
   * @param refused how many were sent away since the start, because too many waited
   */
  public record AdmissionStatus(int syncing, int waiting, long refused) {}

  /**
   * A connected client.
   *
   * @param node its node id
   * @param userAgent name and version of its software
   * @param namespace its namespace
   * @param labels its labels
   * @param incremental whether it uses the incremental variant
   * @param workload name of the workload that it registered; empty when it registered none
   * @param registrationProblem why its registration was not used; empty when there is no problem
   * @param subscriptions by type
   */
  public record Client(
      String node,
      String userAgent,
      String namespace,
      Map<String, String> labels,
      boolean incremental,
      String workload,
      String registrationProblem,
      Map<ResourceType, Subscription> subscriptions) {

    /** Copies the maps. */
    public Client {
      labels = Map.copyOf(labels);
      subscriptions = Map.copyOf(subscriptions);
    }

    /** What it subscribes to of a type; nothing when it never asked. */
    public Subscription subscription(ResourceType type) {
      return subscriptions.getOrDefault(type, Subscription.NONE);
    }
  }

  /**
   * What a client subscribes to of one type.
   *
   * @param wildcard whether it asked for everything, and not by name only
   * @param resources by name
   * @param refusal the response that it refused last and has not accepted another since
   */
  public record Subscription(
      boolean wildcard, Map<String, Version> resources, Optional<Refusal> refusal) {

    /** Nothing is subscribed to. */
    static final Subscription NONE = new Subscription(false, Map.of(), Optional.empty());

    /** Copies the map, sorted by name. */
    public Subscription {
      resources = Collections.unmodifiableMap(new TreeMap<>(resources));
    }

    /** Versions of a resource; all empty when it is not subscribed to. */
    public Version version(String name) {
      return resources.getOrDefault(name, Version.NONE);
    }
  }

  /**
   * Versions of one resource.
   *
   * @param current the version in force; empty when there is no such resource
   * @param sent the version that the client was sent last; empty for none
   * @param acknowledged the version that the client accepted last; empty for none
   */
  public record Version(String current, String sent, String acknowledged) {

    /** Nothing is known of it. */
    static final Version NONE = new Version("", "", "");
  }

  /**
   * A refused response.
   *
   * @param message the client's reason
   * @param versions versions that the response held, by name
   * @param at when
   */
  public record Refusal(String message, Map<String, String> versions, Instant at) {

    static Refusal of(ResponsesInFlight.Nack nack) {
      return new Refusal(nack.message(), nack.versions(), nack.at());
    }
  }

  static AdsStatus of(DiscoveryState state) {
    return new AdsStatus(
        state.streams().stream().flatMap(stream -> client(stream).stream()).toList(),
        state.context().registry().services().toList(),
        state.findings(),
        state.generation(),
        state.pushes(),
        state.refusals(),
        new AdmissionStatus(
            state.admission().syncing(), state.admission().waiting(), state.admission().refused()));
  }

  private static Optional<Client> client(ClientStream stream) {
    Map<ResourceType, Subscription> subscriptions = new TreeMap<>();
    stream
        .subscriptions()
        .forEach(
            (type, subscription) -> {
              if (subscription.size() > 0
                  || subscription.coverage().isPresent()
                  || subscription.inFlight().nack().isPresent()) {
                subscriptions.put(type, subscription(subscription));
              }
            });
    return stream
        .node()
        .map(
            node ->
                new Client(
                    node.id(),
                    node.userAgent(),
                    node.view().namespace(),
                    node.view().labels(),
                    stream.variant() == ClientStream.Variant.INCREMENTAL,
                    node.workload().map(w -> w.name()).orElse(""),
                    stream.registrationProblem(),
                    subscriptions));
  }

  private static Subscription subscription(TypeSubscription subscription) {
    Map<String, Version> resources = new TreeMap<>();
    subscription.forEach(entry -> resources.put(entry.name(), version(entry, subscription)));
    return new Subscription(
        subscription.coverage().isPresent(),
        resources,
        subscription.inFlight().nack().map(Refusal::of));
  }

  /** The versions of one resource of a client. */
  static Version version(Entry entry, TypeSubscription subscription) {
    EncodedResource sent = subscription.sent(entry);
    return new Version(
        entry.content().map(EncodedResource::version).orElse(""),
        sent == null ? "" : sent.version(),
        subscription.acknowledged(entry));
  }
}
