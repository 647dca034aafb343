package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightedTableTest {
  @Test
  void everyPointFallsOnTheHostThatCoversIt() {
    SplittableRandom random = new SplittableRandom(21);
    for (int round = 0; round < 500; round++) {
      long[] weights = random.longs(1 + random.nextInt(20), 1, 60).toArray();
      WeightedTable table = table(weights);

      int point = 0;
      for (int host = 0; host < weights.length; host++) {
        for (int i = 0; i < weights[host]; i++) {
          assertThat(table.indexOf(point++)).isEqualTo(host);
        }
      }
      assertThat(table.sum()).isEqualTo(point);
    }
  }

  @Test
  void weightsBeyondAnIntAreScaledDownTogether() {
    WeightedTable table = table(2_000_000_000, 1_000_000_000, 1, 2_000_000_000);

    assertThat(table.weight(0)).isEqualTo(500_000_000);
    assertThat(table.weight(1)).isEqualTo(250_000_000);
    assertThat(table.weight(2)).isEqualTo(1);
    assertThat(table.sum()).isEqualTo(1_250_000_001);
    assertThat(table.indexOf(0)).isZero();
    assertThat(table.indexOf(749_999_999)).isEqualTo(1);
    assertThat(table.indexOf(750_000_000)).isEqualTo(2);
    assertThat(table.indexOf(1_250_000_000)).isEqualTo(3);
  }

  private static WeightedTable table(long... weights) {
    HostState[] hosts = new HostState[weights.length];
    for (int i = 0; i < hosts.length; i++) {
      hosts[i] = new HostState(Clusters.endpoint(i));
    }
    return new WeightedTable(hosts, weights);
  }
}
