package io.librarymesh.pick;

/**
 * The generator MT19937 of 32 bits, whose numbers a seed decides: hashing with bounded load takes
 * the same way around full hosts in every process. Not for drawing. Source: Matsumoto and
 * Nishimura, "Mersenne Twister", 1998; C++ {@code std::mt19937}. Confined to one pick.
 */
final class MersenneTwister {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;
  private static final int UPPER = 0x80000000;

  private final int[] state = new int[SIZE];
  private int next;

  void seed(int seed) {
    state[0] = seed;
    for (int i = 1; i < SIZE; i++) {
      int before = state[i - 1];
      state[i] = 1812433253 * (before ^ before >>> 30) + i;
    }
    next = SIZE;
  }

  int nextInt() {
    if (next == SIZE) {
      twist();
    }
    int value = state[next++];
    value ^= value >>> 11;
    value ^= value << 7 & 0x9D2C5680;
    value ^= value << 15 & 0xEFC60000;
    return value ^ value >>> 18;
  }

  /**
   * Uniform in {@code [0, bound)}: equal stretches of the numbers, and what is left is drawn again.
   */
  int below(int bound) {
    long stretch = (1L << 32) / bound;
    long value;
    do {
      value = Integer.toUnsignedLong(nextInt()) / stretch;
    } while (value >= bound);
    return (int) value;
  }

  private void twist() {
    for (int i = 0; i < SIZE; i++) {
      int joined = (state[i] & UPPER) | (state[(i + 1) % SIZE] & ~UPPER);
      int mixed = joined >>> 1 ^ ((joined & 1) == 0 ? 0 : 0x9908B0DF);
      state[i] = state[(i + SHIFT) % SIZE] ^ mixed;
    }
    next = 0;
  }
}
