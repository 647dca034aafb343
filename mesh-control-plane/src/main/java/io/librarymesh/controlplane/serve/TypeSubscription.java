package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one stream subscribes to of one type, what it was sent and what it made of it. Confined to
 * the state executor.
 */
final class TypeSubscription {

  /** Answers that are remembered while a client is silent; older ones are forgotten. */
  private static final int MAX_IN_FLIGHT = 256;

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, EncodedResource> sent = new LinkedHashMap<>();
  private final Map<String, String> acknowledged = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> inFlight = new LinkedHashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> owed = new LinkedHashSet<>();
  private final Set<String> gone = new LinkedHashSet<>();
  private final Set<String> named = new HashSet<>();
  private WildcardTable.@Nullable Coverage coverage;
  private boolean answerDue;
  private boolean everNamed;
  private String lastNonce = "";
  private String acknowledgedNonce = "";
  private boolean requested;
  private @Nullable Nack nack;

  /**
   * A refusal.
   *
   * @param nonce of the response that was refused
   * @param code the client's code of gRPC
   * @param message the client's reason
   * @param versions by name, what the response held
   * @param at when
   */
  record Nack(
      String nonce, String code, String message, Map<String, String> versions, Instant at) {}

  /** Whether there was a request of the type on the stream. */
  boolean wasRequested() {
    return requested;
  }

  void noteRequest() {
    requested = true;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  /** What the wildcard stands for; absent when only names are subscribed to. */
  Optional<WildcardTable.Coverage> coverage() {
    return Optional.ofNullable(coverage);
  }

  /** From now on also what the wildcard stands for; the client is owed an answer, empty or not. */
  void beginWildcard(WildcardTable.Coverage newCoverage) {
    coverage = newCoverage;
    named.addAll(entries.keySet());
    answerDue = true;
  }

  /** The wildcard stands for other names now, as when the client's view changes. */
  void replaceCoverage(WildcardTable.Coverage newCoverage) {
    coverage = newCoverage;
  }

  /** From now on only names. */
  void endWildcard() {
    coverage = null;
    named.clear();
    sent.keySet().removeAll(gone);
    acknowledged.keySet().removeAll(gone);
    gone.clear();
    answerDue = false;
  }

  /** Whether a response has to come even if there is nothing to say. */
  boolean isAnswerDue() {
    return answerDue;
  }

  /**
   * Whether a name, be it the wildcard, was ever asked for on the stream. Until then a request
   * without names asks for everything.
   */
  boolean wasEverNamed() {
    return everNamed;
  }

  void noteNames() {
    everNamed = true;
  }

  /** Whether the client asked for the name, not only for everything. */
  boolean isNamed(String name) {
    return coverage == null ? entries.containsKey(name) : named.contains(name);
  }

  /** The client asks for the name. */
  void name(String name) {
    if (coverage != null) {
      named.add(name);
    }
  }

  /** The client no longer asks for the name, which the wildcard may still stand for. */
  void unname(String name) {
    named.remove(name);
  }

  /** Subscribes; the client is owed an answer, now or when the resource comes to be. */
  void add(Entry entry) {
    entries.put(entry.name(), entry);
    gone.remove(entry.name());
    owed.add(entry.name());
  }

  /** Subscribes to what the wildcard stands for; of what does not exist nothing is said. */
  void cover(Entry entry) {
    entries.put(entry.name(), entry);
    gone.remove(entry.name());
    changed.add(entry.name());
  }

  /** The client has the present version; nothing is owed. */
  void addKnown(Entry entry, EncodedResource content) {
    entries.put(entry.name(), entry);
    sent.put(entry.name(), content);
    acknowledged.put(entry.name(), content.version());
  }

  /** Unsubscribes and forgets what was sent, so that a later subscription is answered. */
  @Nullable Entry remove(String name) {
    sent.remove(name);
    acknowledged.remove(name);
    gone.remove(name);
    changed.remove(name);
    owed.remove(name);
    return entries.remove(name);
  }

  /**
   * Unsubscribes from what the wildcard no longer stands for; the client is told that it is gone.
   */
  @Nullable Entry drop(String name) {
    gone.add(name);
    changed.remove(name);
    owed.remove(name);
    return entries.remove(name);
  }

  /** Puts another entry in the place of one of the same name, as when the client's view changes. */
  void replace(Entry entry) {
    entries.put(entry.name(), entry);
    changed.add(entry.name());
  }

  void markChanged(String name) {
    changed.add(name);
  }

  /** The name is to be sent even if the client has its present version. */
  void owe(String name) {
    if (entries.containsKey(name)) {
      owed.add(name);
    }
  }

  boolean hasWork() {
    return answerDue || !changed.isEmpty() || !owed.isEmpty() || !gone.isEmpty();
  }

  /** Whether there is something to say now; what is held back is not. */
  boolean isDue() {
    return answerDue || !toSend().isEmpty() || !toRemove().isEmpty();
  }

  /** Resources to send: what is owed, and what differs from what the client was sent. */
  List<EncodedResource> toSend() {
    return due()
        .flatMap(entry -> entry.content().stream())
        .filter(content -> owed.contains(content.name()) || !hasSent(content))
        .toList();
  }

  /** Names that the client never had and waits for, of which there is nothing. */
  List<String> missing() {
    return owed.stream()
        .flatMap(name -> Stream.ofNullable(entries.get(name)))
        .filter(entry -> entry.content().isEmpty() && !entry.isHeld())
        .map(Entry::name)
        .filter(name -> !sent.containsKey(name))
        .toList();
  }

  /** Names that are gone: the client was sent them, or is owed an answer about them. */
  List<String> toRemove() {
    Stream<String> absent =
        due()
            .filter(entry -> entry.content().isEmpty() && !entry.isHeld())
            .map(Entry::name)
            .filter(name -> owed.contains(name) || sent.containsKey(name));
    return Stream.concat(absent, gone.stream()).toList();
  }

  /** Everything there is. */
  List<EncodedResource> present() {
    return entries.values().stream().flatMap(entry -> entry.content().stream()).toList();
  }

  /** Everything there is, and what is gone but must stay until what refers to it is gone too. */
  List<EncodedResource> presentAndGoing() {
    Stream<EncodedResource> present =
        entries.entrySet().stream()
            .flatMap(e -> e.getValue().content().or(() -> sent(e.getKey())).stream());
    return Stream.concat(present, gone.stream().flatMap(name -> sent(name).stream())).toList();
  }

  /** What may have to be sent, at the cost of that and not of all subscriptions. */
  private Stream<Entry> due() {
    return Stream.concat(owed.stream(), changed.stream().filter(name -> !owed.contains(name)))
        .flatMap(name -> Stream.ofNullable(entries.get(name)));
  }

  private boolean hasSent(EncodedResource content) {
    EncodedResource before = sent.get(content.name());
    return before != null && before.version().equals(content.version());
  }

  /** What the client was last sent under this name. */
  Optional<EncodedResource> sent(String name) {
    return Optional.ofNullable(sent.get(name));
  }

  /** Notes a response. */
  void sending(String nonce, List<EncodedResource> resources, List<String> removed) {
    lastNonce = nonce;
    answerDue = false;
    Map<String, String> versions = new LinkedHashMap<>();
    for (EncodedResource resource : resources) {
      sent.put(resource.name(), resource);
      versions.put(resource.name(), resource.version());
      Entry entry = entries.get(resource.name());
      if (entry != null && entry.content().isPresent()) {
        settle(resource.name()); // Else it is gone, sent once more, and its removal still due.
      }
    }
    for (String name : removed) {
      sent.remove(name);
      acknowledged.remove(name);
      settle(name);
    }
    inFlight.put(nonce, versions);
    if (inFlight.size() > MAX_IN_FLIGHT) {
      Iterator<String> oldest = inFlight.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Nothing more is due for the name until it changes. */
  void settle(String name) {
    changed.remove(name);
    owed.remove(name);
    gone.remove(name);
  }

  String lastNonce() {
    return lastNonce;
  }

  /** Of the response that the client accepted last; empty for none. */
  String acknowledgedNonce() {
    return acknowledgedNonce;
  }

  /** Whether the client has not yet said what it makes of some response. */
  boolean awaitsAnswer() {
    return !inFlight.isEmpty();
  }

  /** The client has answered a later response, and will not answer those before it any more. */
  void supersede(String nonce) {
    Iterator<String> nonces = inFlight.keySet().iterator();
    while (nonces.hasNext() && !nonces.next().equals(nonce)) {
      nonces.remove();
    }
  }

  /** Whether there was such a response and it has not been answered yet. */
  boolean isInFlight(String nonce) {
    return inFlight.containsKey(nonce);
  }

  void acknowledge(String nonce) {
    Map<String, String> versions = inFlight.remove(nonce);
    if (versions != null) {
      versions.forEach(
          (name, version) -> {
            if (entries.containsKey(name)) {
              acknowledged.put(name, version);
            }
          });
      nack = null;
      acknowledgedNonce = nonce;
    }
  }

  /** Notes a refusal. Nothing is sent again for it: only a change of the resource is. */
  void refuse(String nonce, String code, String message) {
    Map<String, String> versions = inFlight.remove(nonce);
    if (versions != null) {
      nack = new Nack(nonce, code, message, Map.copyOf(versions), Instant.now());
    }
  }

  Map<String, String> acknowledged() {
    return acknowledged;
  }

  Optional<Nack> nack() {
    return Optional.ofNullable(nack);
  }
}
