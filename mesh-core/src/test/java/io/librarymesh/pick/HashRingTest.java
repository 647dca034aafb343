package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.HashFunction;
import io.librarymesh.config.LbPolicy.RingHash;
import io.librarymesh.route.XxHash64;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashRingTest {
  private static final RingHash SIX = ring(6, HashFunction.XX_HASH);

  @Test
  void w102EntriesOfThreeHosts() {
    HashRing ring = HashRing.of(Hosts.weighted(Hosts.table()), SIX);

    List<String> entries = new ArrayList<>();
    for (int i = 0; i < ring.size(); i++) {
      entries.add(String.format("%016x %s", ring.hash(i), ring.host(i)));
    }

    assertThat(entries)
        .containsExactly(
            "18341d927ea10691 10.0.0.1:80",
            "3d32eaa4a864962e 10.0.0.2:80",
            "7079d8e1823e007f 10.0.0.2:80",
            "74da18db9f57cc7e 10.0.0.3:80",
            "75041381e7371a08 10.0.0.1:80",
            "98663d8c8e38e677 10.0.0.3:80");
  }

  @ParameterizedTest
  @CsvSource({"alice, 3", "bob, 3", "carol, 1", "dave, 2"})
  void w102KeysGoToTheNextEntryAndAroundTheEnd(String key, int host) {
    HashRing ring = HashRing.of(Hosts.weighted(Hosts.table()), SIX);

    assertThat(Hosts.pick(ring, XxHash64.hash(key), 0)).isEqualTo("10.0.0." + host + ":80");
  }

  @ParameterizedTest
  @CsvSource({"alice, 2", "bob, 1", "carol, 1", "dave, 2"})
  void w103RingOfUsualSize(String key, int host) {
    HashRing ring = HashRing.of(Hosts.weighted(Hosts.table()), RingHash.DEFAULT);

    assertThat(ring.size()).isEqualTo(1026);
    assertThat(Hosts.pick(ring, XxHash64.hash(key), 0)).isEqualTo("10.0.0." + host + ":80");
  }

  @Test
  void lb29WeightsAreNumbersOfEntries() {
    assertThat(counts(HashRing.of(Hosts.weighted(Hosts.table()), RingHash.DEFAULT)))
        .isEqualTo(Map.of("10.0.0.1:80", 342, "10.0.0.2:80", 342, "10.0.0.3:80", 342));
    List<Endpoint> uneven = List.of(Hosts.endpoint(1, 1), Hosts.endpoint(2, 2));
    assertThat(counts(HashRing.of(Hosts.weighted(uneven), RingHash.DEFAULT)))
        .isEqualTo(Map.of("10.0.0.1:80", 342, "10.0.0.2:80", 684));
  }

  @Test
  void ringIsNoLargerThanItsMaximum() {
    List<Endpoint> four = IntStream.rangeClosed(1, 4).mapToObj(i -> Hosts.endpoint(i, 1)).toList();

    HashRing ring =
        HashRing.of(
            Hosts.weighted(four),
            new RingHash(6, 6, HashFunction.XX_HASH, ConsistentHashing.DEFAULT));

    // One and a half entries for each: the running sum gives two, one, two, one.
    assertThat(counts(ring))
        .isEqualTo(Map.of("10.0.0.1:80", 2, "10.0.0.2:80", 1, "10.0.0.3:80", 2, "10.0.0.4:80", 1));
  }

  /** The ring of Envoy's own test, hosts 127.0.0.1:80 to 85. */
  @Test
  void ringOfMurmurHash() {
    List<Endpoint> hosts =
        IntStream.rangeClosed(80, 85).mapToObj(port -> Endpoint.of("127.0.0.1", port)).toList();

    HashRing ring = HashRing.of(Hosts.weighted(hosts), ring(12, HashFunction.MURMUR_HASH_2));

    List<String> entries = new ArrayList<>();
    for (int i = 0; i < ring.size(); i++) {
      entries.add(Long.toUnsignedString(ring.hash(i)) + " " + ring.host(i).endpoint().port());
    }
    assertThat(entries)
        .containsExactly(
            "1358027074129602068 85",
            "4361834613929391114 83",
            "7224494972555149682 84",
            "7701421856454313576 81",
            "8649315368077433379 82",
            "8739448859063030639 84",
            "9887544217113020895 81",
            "10150910876324007731 82",
            "15168472011420622455 83",
            "15427156902705414897 80",
            "16375050414328759093 85",
            "17613279263364193813 80");
  }

  @Test
  void hashesAtAndAroundEntries() {
    HashRing ring = HashRing.of(Hosts.weighted(Hosts.table()), SIX);

    assertThat(Hosts.pick(ring, 0x18341d927ea10691L, 0)).isEqualTo("10.0.0.1:80");
    assertThat(Hosts.pick(ring, 0x18341d927ea10692L, 0)).isEqualTo("10.0.0.2:80");
    assertThat(Hosts.pick(ring, 0, 0)).isEqualTo("10.0.0.1:80");
    assertThat(Hosts.pick(ring, 0x98663d8c8e38e677L, 0)).isEqualTo("10.0.0.3:80");
    assertThat(Hosts.pick(ring, 0x98663d8c8e38e678L, 0)).isEqualTo("10.0.0.1:80");
    assertThat(Hosts.pick(ring, -1, 0)).isEqualTo("10.0.0.1:80");
  }

  @Test
  void lb27RepeatedPickWalksOnAlongTheRing() {
    HashRing ring = HashRing.of(Hosts.weighted(Hosts.table()), SIX);
    long alice = XxHash64.hash("alice");

    assertThat(IntStream.range(0, 7).mapToObj(i -> Hosts.pick(ring, alice, i)))
        .containsExactly(
            "10.0.0.3:80",
            "10.0.0.1:80",
            "10.0.0.3:80",
            "10.0.0.1:80",
            "10.0.0.2:80",
            "10.0.0.2:80",
            "10.0.0.3:80");
  }

  @Test
  void lb25HashKeyGoesBeforeNameAndNameBeforeAddress() {
    Endpoint plain = Hosts.endpoint(7, 1);
    Endpoint named = Hosts.named(7, "seven.example", "");
    Endpoint keyed = Hosts.named(7, "seven.example", "the-seventh");
    ConsistentHashing byName = new ConsistentHashing(true, 0);
    ConsistentHashing byAddress = ConsistentHashing.DEFAULT;

    assertThat(Hosts.weighted(List.of(plain)).hashKey(0, byAddress)).isEqualTo("10.0.0.7:80");
    assertThat(Hosts.weighted(List.of(plain)).hashKey(0, byName)).isEqualTo("10.0.0.7:80");
    assertThat(Hosts.weighted(List.of(named)).hashKey(0, byAddress)).isEqualTo("10.0.0.7:80");
    assertThat(Hosts.weighted(List.of(named)).hashKey(0, byName)).isEqualTo("seven.example");
    assertThat(Hosts.weighted(List.of(keyed)).hashKey(0, byAddress)).isEqualTo("the-seventh");
    assertThat(Hosts.weighted(List.of(keyed)).hashKey(0, byName)).isEqualTo("the-seventh");
    assertThat(Hosts.weighted(List.of(Endpoint.of("::1", 80))).hashKey(0, byAddress))
        .isEqualTo("[::1]:80");
  }

  @Test
  void aNaiveRingAgrees() {
    SplittableRandom random = new SplittableRandom(102);
    for (int round = 0; round < 60; round++) {
      List<Endpoint> hosts = Hosts.random(random, 1 + random.nextInt(20));
      int minimum = 1 + random.nextInt(500);
      RingHash policy =
          new RingHash(
              minimum,
              minimum + random.nextInt(500),
              HashFunction.XX_HASH,
              ConsistentHashing.DEFAULT);
      HashRing ring = HashRing.of(Hosts.weighted(hosts), policy);
      List<Map.Entry<BigInteger, String>> naive = naive(hosts, policy);

      for (int i = 0; i < 200; i++) {
        long hash = random.nextLong();
        int repeat = random.nextInt(3);
        assertThat(Hosts.pick(ring, hash, repeat)).isEqualTo(naivePick(naive, hash, repeat));
      }
    }
  }

  @Test
  void aHostThatGoesTakesOnlyItsOwnKeysAlong() {
    List<Endpoint> all = IntStream.rangeClosed(1, 20).mapToObj(i -> Hosts.endpoint(i, 1)).toList();
    HashRing before = HashRing.of(Hosts.weighted(all), ring(2_000, HashFunction.XX_HASH));
    HashRing after =
        HashRing.of(Hosts.weighted(all.subList(0, 19)), ring(1_900, HashFunction.XX_HASH));
    int moved = 0;
    for (int i = 0; i < 10_000; i++) {
      long hash = XxHash64.hash("key-" + i);
      String host = Hosts.pick(before, hash, 0);
      if (!host.equals("10.0.0.20:80")) {
        assertThat(Hosts.pick(after, hash, 0)).isEqualTo(host);
      } else {
        moved++;
      }
    }
    // One host of twenty has about a twentieth of the keys.
    assertThat(moved).isBetween(300, 700);
  }

  /** Written from the reference text: all hosts' targets summed up, one entry after the other. */
  private static List<Map.Entry<BigInteger, String>> naive(List<Endpoint> hosts, RingHash policy) {
    double sum = hosts.stream().mapToInt(Endpoint::weight).sum();
    double least = hosts.stream().mapToDouble(host -> host.weight() / sum).min().orElseThrow();
    double scale = Math.min(Math.ceil(least * policy.minimumSize()) / least, policy.maximumSize());
    List<Map.Entry<BigInteger, String>> entries = new ArrayList<>();
    double target = 0;
    for (Endpoint host : hosts) {
      target += scale * (host.weight() / sum);
      for (int i = 0; entries.size() < target; i++) {
        String unsigned = Long.toUnsignedString(XxHash64.hash(host.hostPort() + "_" + i));
        entries.add(Map.entry(new BigInteger(unsigned), host.hostPort()));
      }
    }
    entries.sort(Comparator.comparing(Map.Entry::getKey));
    return entries;
  }

  private static String naivePick(List<Map.Entry<BigInteger, String>> ring, long hash, int repeat) {
    BigInteger wanted = new BigInteger(Long.toUnsignedString(hash));
    int index = 0;
    while (index < ring.size() && ring.get(index).getKey().compareTo(wanted) < 0) {
      index++;
    }
    return ring.get((index % ring.size() + repeat) % ring.size()).getValue();
  }

  private static Map<String, Integer> counts(HashRing ring) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < ring.size(); i++) {
      counts.merge(ring.host(i).toString(), 1, Integer::sum);
    }
    return counts;
  }

  private static RingHash ring(int minimum, HashFunction function) {
    return new RingHash(minimum, RingHash.MAX_SIZE, function, ConsistentHashing.DEFAULT);
  }
}
