package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one stream subscribes to of one type, what it was sent and what it made of it. Confined to
 * the state executor.
 *
 * <p>Kept in arrays by the numbers of an index that all clients with an equal view share, so that a
 * client costs some 10 bytes for each resource. What is due stands in a queue: neither a change nor
 * an answer of the client costs more than what it is about.
 */
final class TypeSubscription {

  private static final int SUBSCRIBED = 1;

  /** Asked for by name, while the wildcard stands for it, too. */
  private static final int NAMED = 2;

  /** May differ from what the client has. */
  private static final int CHANGED = 4;

  /** Has to be told, whatever the client has. */
  private static final int OWED = 8;

  /** The present request names it; set only while that is read. */
  private static final int SEEN = 16;

  /** Stands in the queue, though what was due may have been settled since. */
  private static final int QUEUED = 32;

  private final Map<String, Gone> gone = new LinkedHashMap<>(2);
  private final ResponsesInFlight inFlight = new ResponsesInFlight();
  private ResourceIndex index;
  private SubscriptionSlots slots = new SubscriptionSlots();
  private DueQueue due = new DueQueue();
  private int subscribed;
  private int named;
  private int acknowledged;
  private WildcardTable.@Nullable Coverage coverage;
  private boolean answerDue;
  private boolean everNamed;
  private boolean requested;

  TypeSubscription(ResourceIndex index) {
    this.index = index;
  }

  /** What the client still has, or is told that it has not, of what it no longer subscribes to. */
  private record Gone(@Nullable EncodedResource sent, @Nullable String acknowledged) {}

  /** Whether there was a request of the type on the stream. */
  boolean wasRequested() {
    return requested;
  }

  void noteRequest() {
    requested = true;
  }

  /** How many resources are subscribed to. */
  int size() {
    return subscribed;
  }

  /** The entry of a name that is subscribed to; else null. */
  @Nullable Entry find(String name) {
    Entry entry = index.find(name);
    return entry != null && has(entry, SUBSCRIBED) ? entry : null;
  }

  /** The same for a resource that was sent or is to be, mostly without a look into a map. */
  private @Nullable Entry find(EncodedResource resource) {
    Entry entry = index.find(resource);
    return entry != null && has(entry, SUBSCRIBED) ? entry : null;
  }

  boolean isSubscribed(String name) {
    return find(name) != null;
  }

  /** Every entry that is subscribed to; subscriptions must not change meanwhile. */
  void forEach(Consumer<Entry> action) {
    int left = subscribed;
    for (int number = 0; left > 0 && number < index.bound(); number++) {
      if (slots.has(number, SUBSCRIBED)) {
        left--;
        action.accept(index.at(number));
      }
    }
  }

  /** The same, as they are now. */
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>(subscribed);
    forEach(entries::add);
    return entries;
  }

  private boolean has(Entry entry, int mark) {
    return slots.has(entry.number(), mark);
  }

  /** What the wildcard stands for; absent when only names are subscribed to. */
  Optional<WildcardTable.Coverage> coverage() {
    return Optional.ofNullable(coverage);
  }

  /** From now on also what the wildcard stands for; the client is owed an answer, empty or not. */
  void beginWildcard(WildcardTable.Coverage newCoverage) {
    coverage = newCoverage;
    forEach(entry -> slots.set(entry.number(), NAMED));
    named = subscribed;
    answerDue = true;
  }

  /** The wildcard stands for other names now, as when the client's view changes. */
  void replaceCoverage(WildcardTable.Coverage newCoverage) {
    coverage = newCoverage;
  }

  /** From now on only names. */
  void endWildcard() {
    coverage = null;
    forEach(entry -> slots.clear(entry.number(), NAMED));
    named = 0;
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

  /** Whether the client asked for it, not only for everything. */
  boolean isNamed(Entry entry) {
    return has(entry, coverage == null ? SUBSCRIBED : NAMED);
  }

  /**
   * Compares a complete list of names with those that the client asked for before. Costs nothing
   * that stays when they are the same, as in every acknowledgement.
   *
   * @param newNames takes those that it did not ask for before
   * @return those that it no longer asks for
   */
  List<Entry> compare(Collection<String> names, Collection<String> newNames) {
    int known = 0;
    for (String name : names) {
      Entry entry = index.find(name);
      if (entry == null || !isNamed(entry)) {
        newNames.add(name);
      } else if (slots.set(entry.number(), SEEN)) {
        known++;
      }
    }
    List<Entry> dropped = List.of();
    if (known < (coverage == null ? subscribed : named)) {
      dropped = new ArrayList<>(entries());
      dropped.removeIf(entry -> !isNamed(entry) || has(entry, SEEN));
    }
    for (String name : names) {
      Entry entry = index.find(name);
      if (entry != null) {
        slots.clear(entry.number(), SEEN);
      }
    }
    return dropped;
  }

  /** The client asks for the name of what the wildcard stands for, too. */
  void name(Entry entry) {
    if (coverage != null && slots.set(entry.number(), NAMED)) {
      named++;
    }
  }

  /** The client no longer asks for the name, which the wildcard may still stand for. */
  void unname(Entry entry) {
    if (slots.clear(entry.number(), NAMED)) {
      named--;
    }
  }

  private void subscribe(Entry entry) {
    if (slots.set(entry.number(), SUBSCRIBED)) {
      subscribed++;
    }
    Gone before = gone.remove(entry.name());
    if (before != null) {
      slots.sent(entry.number(), before.sent());
      noteAcknowledged(entry, before.acknowledged());
    }
  }

  private void mark(Entry entry, int mark) {
    slots.set(entry.number(), mark);
    if (slots.set(entry.number(), QUEUED)) {
      due.add(entry.number());
    }
  }

  private void noteAcknowledged(Entry entry, @Nullable String version) {
    int had = slots.acknowledged(entry.number()) == null ? 0 : 1;
    slots.acknowledged(entry.number(), version);
    acknowledged += (version == null ? 0 : 1) - had;
  }

  /** Subscribes; the client is owed an answer, now or when the resource comes to be. */
  void add(Entry entry) {
    subscribe(entry);
    mark(entry, OWED);
  }

  /** Subscribes to what the wildcard stands for; of what does not exist nothing is said. */
  void cover(Entry entry) {
    subscribe(entry);
    mark(entry, CHANGED);
  }

  /** The client has the present version; nothing is owed. */
  void addKnown(Entry entry, EncodedResource content) {
    subscribe(entry);
    slots.sent(entry.number(), content);
    noteAcknowledged(entry, content.version());
  }

  /** Unsubscribes and forgets what was sent, so that a later subscription is answered. */
  void remove(Entry entry) {
    unname(entry);
    settle(entry);
    slots.sent(entry.number(), null);
    noteAcknowledged(entry, null);
    if (slots.clear(entry.number(), SUBSCRIBED)) {
      subscribed--;
    }
  }

  /**
   * Unsubscribes from what the wildcard no longer stands for; the client is told that it is gone.
   */
  void drop(Entry entry) {
    gone.put(entry.name(), new Gone(sent(entry), slots.acknowledged(entry.number())));
    remove(entry);
  }

  /** The client is told that something it has from an earlier stream is gone. */
  void dropUnknown(String name) {
    gone.put(name, new Gone(null, null));
  }

  /**
   * Goes over to the index of another view.
   *
   * @param replacement for each entry its like in the other view, or null when the client does not
   *     subscribe to it any more; what it has of that is told to be gone
   */
  void rebase(ResourceIndex newIndex, UnaryOperator<@Nullable Entry> replacement) {
    List<Entry> before = entries();
    SubscriptionSlots old = slots;
    index = newIndex;
    slots = new SubscriptionSlots();
    due = new DueQueue();
    subscribed = 0;
    named = 0;
    acknowledged = 0;
    for (Entry entry : before) {
      EncodedResource sent = old.sent(entry.number());
      String version = old.acknowledged(entry.number());
      boolean wasNamed = old.has(entry.number(), NAMED);
      boolean wasOwed = old.has(entry.number(), OWED);
      Entry after = replacement.apply(entry);
      if (after != null) {
        subscribe(after);
        slots.sent(after.number(), sent);
        noteAcknowledged(after, version);
        mark(after, wasOwed ? OWED | CHANGED : CHANGED);
        if (wasNamed) {
          name(after);
        }
      } else if (sent != null) {
        gone.put(entry.name(), new Gone(sent, version));
      }
    }
  }

  void markChanged(Entry entry) {
    mark(entry, CHANGED);
  }

  /** What is subscribed to is to be sent even if the client has its present version. */
  void owe(String name) {
    Entry entry = find(name);
    if (entry != null) {
      mark(entry, OWED);
    }
  }

  boolean hasWork() {
    if (answerDue || !gone.isEmpty() || due.any(this::isMarked)) {
      return true;
    }
    forgetSettled();
    return false;
  }

  private void forgetSettled() {
    due.retain(number -> isMarked(number) || !slots.clear(number, QUEUED));
  }

  private boolean isMarked(int number) {
    return slots.has(number, CHANGED | OWED);
  }

  /** Whether there is something to say now; what is held back is not. */
  boolean isDue() {
    return answerDue
        || !gone.isEmpty()
        || due.any(number -> isToSend(number) || isToRemove(number));
  }

  /** Resources to send: what is owed, and what differs from what the client was sent. */
  List<EncodedResource> toSend() {
    List<EncodedResource> resources = new ArrayList<>();
    forEachDue(
        number -> {
          if (isToSend(number)) {
            index.at(number).content().ifPresent(resources::add);
          }
        });
    return resources;
  }

  private boolean isToSend(int number) {
    if (!isMarked(number)) {
      return false;
    }
    EncodedResource content = index.at(number).content().orElse(null);
    return content != null && (slots.has(number, OWED) || !hasSent(number, content));
  }

  private boolean hasSent(int number, EncodedResource content) {
    EncodedResource before = slots.sent(number);
    return before != null && (before == content || before.hasVersionOf(content));
  }

  private boolean isToRemove(int number) {
    return isMarked(number)
        && isAbsent(index.at(number))
        && (slots.has(number, OWED) || slots.sent(number) != null);
  }

  private static boolean isAbsent(Entry entry) {
    return entry.content().isEmpty() && !entry.isHeld();
  }

  /** Names that the client never had and waits for, of which there is nothing. */
  List<String> missing() {
    List<String> names = new ArrayList<>();
    due.forEach(
        number -> {
          if (slots.has(number, OWED) && isAbsent(index.at(number)) && slots.sent(number) == null) {
            names.add(index.at(number).name());
          }
        });
    return names;
  }

  /** Names that are gone: the client was sent them, or is owed an answer about them. */
  List<String> toRemove() {
    List<String> names = new ArrayList<>();
    forEachDue(
        number -> {
          if (isToRemove(number)) {
            names.add(index.at(number).name());
          }
        });
    names.addAll(gone.keySet());
    return names;
  }

  /** What may have to be said, at the cost of that and not of all subscriptions; debts first. */
  private void forEachDue(IntConsumer action) {
    due.forEach(
        number -> {
          if (slots.has(number, OWED)) {
            action.accept(number);
          }
        });
    due.forEach(
        number -> {
          if (!slots.has(number, OWED)) {
            action.accept(number);
          }
        });
  }

  /** Everything there is. */
  List<EncodedResource> present() {
    List<EncodedResource> resources = new ArrayList<>(subscribed);
    forEach(entry -> entry.content().ifPresent(resources::add));
    return resources;
  }

  /** Everything there is, and what is gone but must stay until what refers to it is gone too. */
  List<EncodedResource> presentAndGoing() {
    List<EncodedResource> resources = new ArrayList<>(subscribed);
    forEach(
        entry -> {
          EncodedResource content = entry.content().orElse(slots.sent(entry.number()));
          if (content != null) {
            resources.add(content);
          }
        });
    for (Gone going : gone.values()) {
      if (going.sent() != null) {
        resources.add(going.sent());
      }
    }
    return resources;
  }

  /** What the client was last sent of an entry; null for nothing. */
  @Nullable EncodedResource sent(Entry entry) {
    return slots.sent(entry.number());
  }

  /** Whether the client was sent something under this name that it may still have. */
  boolean wasSent(String name) {
    Entry entry = find(name);
    if (entry != null) {
      return sent(entry) != null;
    }
    Gone going = gone.get(name);
    return going != null && going.sent() != null;
  }

  /** Notes a response. */
  void sending(String nonce, List<EncodedResource> resources, List<String> removed) {
    answerDue = false;
    for (EncodedResource resource : resources) {
      Entry entry = find(resource);
      if (entry != null) {
        slots.sent(entry.number(), resource);
        if (entry.content().isPresent()) {
          settle(entry); // Else it is gone, sent once more, and its removal still due.
        }
      }
    }
    for (String name : removed) {
      Entry entry = find(name);
      if (entry != null) {
        slots.sent(entry.number(), null);
        noteAcknowledged(entry, null);
      }
      settle(name);
    }
    forgetSettled();
    inFlight.add(nonce, resources);
  }

  private void settle(Entry entry) {
    slots.clear(entry.number(), CHANGED | OWED);
  }

  /** Nothing more is due for the name until it changes. */
  void settle(String name) {
    Entry entry = find(name);
    if (entry != null) {
      settle(entry);
    }
    gone.remove(name);
  }

  /** What was sent and not answered yet, and the last answer. */
  ResponsesInFlight inFlight() {
    return inFlight;
  }

  void acknowledge(String nonce) {
    for (EncodedResource resource : inFlight.accepted(nonce)) {
      Entry entry = find(resource);
      if (entry != null) {
        noteAcknowledged(entry, resource.version());
      }
    }
  }

  /** The version of an entry that the client accepted last; empty for none. */
  String acknowledged(Entry entry) {
    String version = slots.acknowledged(entry.number());
    return version == null ? "" : version;
  }

  /** Of how many resources the client has accepted some version. */
  int acknowledged() {
    return acknowledged;
  }
}
