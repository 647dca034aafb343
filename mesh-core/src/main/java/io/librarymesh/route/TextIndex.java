package io.librarymesh.route;

import java.util.Arrays;
import java.util.List;

/**
 * Finds, in one pass over a text, the entry that equals it or else the longest entry that it begins
 * with.
 *
 * <p>The pass rolls a hash over the text and looks into a hash table where an entry could end: once
 * per distinct length of a beginning, and once at the end for the whole. So its cost follows the
 * length of the text and the number of those lengths, not the number of entries. Regions of the
 * text are hashed and compared in place; nothing is cut out or folded into a copy.
 *
 * <p>Entries are numbered: the wholes first, then the beginnings, each in the order given.
 */
final class TextIndex {
  /** No entry. */
  static final int NONE = -1;

  private final Reading reading;
  private final Table wholes;
  private final Table beginnings;
  private final int[] beginningLengths;

  private TextIndex(Reading reading, Table wholes, Table beginnings) {
    this.reading = reading;
    this.wholes = wholes;
    this.beginnings = beginnings;
    this.beginningLengths =
        Arrays.stream(beginnings.texts).mapToInt(String::length).distinct().sorted().toArray();
  }

  /**
   * Builds an index.
   *
   * @param wholes texts to be equalled, without duplicates under {@code reading}
   * @param beginnings texts to be begun with (ended with, when read backward), likewise
   */
  static TextIndex of(Reading reading, List<String> wholes, List<String> beginnings) {
    return new TextIndex(reading, Table.of(reading, wholes), Table.of(reading, beginnings));
  }

  /** Whether there are no entries. */
  boolean isEmpty() {
    return wholes.isEmpty() && beginnings.isEmpty();
  }

  /** Whether an entry is one of the wholes. */
  boolean isWhole(int entry) {
    return entry < wholes.texts.length;
  }

  /**
   * Looks for the first {@code end} characters of a text; when read backward, from there back.
   *
   * @param longest how long a beginning may be
   * @return the whole; if there is none, the longest beginning; if there is none, {@link #NONE}
   */
  int find(String text, int end, int longest) {
    int whole = findWhole(text, end);
    return whole == NONE ? findBeginning(text, end, longest, false) : whole;
  }

  private int findWhole(String text, int end) {
    if (wholes.isEmpty()) {
      return NONE;
    }
    if (end == text.length() && !reading.backward) {
      // The string may know its hash already, or the JVM computes it faster than a loop can. It is
      // also the folded hash of a text that has nothing to fold.
      int found = wholes.find(reading, text, end, end, text.hashCode());
      if (found != NONE || !reading.folded) {
        return found;
      }
    }
    return wholes.find(reading, text, end, end, reading.hash(0, text, end, 0, end));
  }

  // Without compare, hashes are taken at their word until the longest beginning is known: comparing
  // costs more than all else, and only the longest is asked for.
  private int findBeginning(String text, int end, int longest, boolean compare) {
    int found = NONE;
    int foundLength = 0;
    int hash = 0;
    int hashed = 0;
    for (int length : beginningLengths) {
      if (length > longest) {
        break;
      }
      hash = reading.hash(hash, text, end, hashed, length);
      hashed = length;
      int hit =
          compare ? beginnings.find(reading, text, end, length, hash) : beginnings.findHash(hash);
      if (hit != NONE) {
        found = hit;
        foundLength = length;
      }
    }
    if (found == NONE) {
      return NONE;
    }
    return compare || reading.equal(text, end, foundLength, beginnings.texts[found])
        ? wholes.texts.length + found
        : findBeginning(text, end, longest, true);
  }

  /**
   * For every entry, the longest beginning that is shorter than it, or in the case of a whole not
   * longer; {@link #NONE} when there is none. Following these from what {@link #find} returns
   * visits all entries that fit a text.
   */
  int[] parents() {
    TextIndex search = new TextIndex(reading, Table.EMPTY, beginnings);
    int offset = wholes.texts.length;
    int[] parents = new int[offset + beginnings.texts.length];
    for (int i = 0; i < parents.length; i++) {
      String text = i < offset ? wholes.texts[i] : beginnings.texts[i - offset];
      int longest = i < offset ? text.length() : text.length() - 1;
      int found = search.find(text, text.length(), longest);
      parents[i] = found == NONE ? NONE : offset + found;
    }
    return parents;
  }

  /** How texts are read. */
  enum Reading {
    /** From the first character on. */
    FORWARD(false, false),
    /** From the first character on, without regard to ASCII case. */
    FORWARD_FOLDED(false, true),
    /** From the last character back, without regard to ASCII case. */
    BACKWARD_FOLDED(true, true);

    private final boolean backward;
    private final boolean folded;

    Reading(boolean backward, boolean folded) {
      this.backward = backward;
      this.folded = folded;
    }

    /**
     * Continues a hash over the characters {@code [from, to)} in the order of reading. Forward and
     * unfolded it is the hash of {@link String}.
     */
    int hash(int hash, String text, int end, int from, int to) {
      // Sets the bit that tells lower from upper case in ASCII. That also merges some characters
      // that are not letters, which a hash may do and which needs no branch.
      int caseBit = folded ? 0x20 : 0;
      int result = hash;
      if (backward) {
        for (int i = end - 1 - from; i > end - 1 - to; i--) {
          result = result * 31 + (text.charAt(i) | caseBit);
        }
      } else {
        for (int i = from; i < to; i++) {
          result = result * 31 + (text.charAt(i) | caseBit);
        }
      }
      return result;
    }

    /** Whether the first {@code length} characters read are those of {@code entry}. */
    boolean equal(String text, int end, int length, String entry) {
      if (length != entry.length()) {
        return false;
      }
      // The JVM compares whole strings faster than regions.
      if (length == text.length() && text.equals(entry)) {
        return true;
      }
      int offset = backward ? end - length : 0;
      return folded ? AsciiCase.regionEquals(text, offset, entry) : text.startsWith(entry, offset);
    }
  }

  /**
   * An open-addressing hash table, at most half full, that is never changed. A slot has the hash in
   * its upper half and the position of the text plus one in its lower half; 0 is a free slot.
   */
  private static final class Table {
    static final Table EMPTY = new Table(new String[0], new long[1]);

    private final String[] texts;
    private final long[] slots;

    private Table(String[] texts, long[] slots) {
      this.texts = texts;
      this.slots = slots;
    }

    static Table of(Reading reading, List<String> texts) {
      if (texts.isEmpty()) {
        return EMPTY;
      }
      Table table =
          new Table(
              texts.toArray(String[]::new), new long[4 * Integer.highestOneBit(texts.size())]);
      for (int i = 0; i < texts.size(); i++) {
        int length = texts.get(i).length();
        table.put(reading.hash(0, texts.get(i), length, 0, length), i);
      }
      return table;
    }

    private void put(int hash, int position) {
      int slot = slot(hash);
      while (slots[slot] != 0) {
        slot = next(slot);
      }
      slots[slot] = (long) hash << 32 | (position + 1);
    }

    boolean isEmpty() {
      return texts.length == 0;
    }

    int find(Reading reading, String text, int end, int length, int hash) {
      for (int slot = slot(hash); slots[slot] != 0; slot = next(slot)) {
        if ((int) (slots[slot] >>> 32) == hash) {
          int position = (int) slots[slot] - 1;
          if (reading.equal(text, end, length, texts[position])) {
            return position;
          }
        }
      }
      return NONE;
    }

    int findHash(int hash) {
      for (int slot = slot(hash); slots[slot] != 0; slot = next(slot)) {
        if ((int) (slots[slot] >>> 32) == hash) {
          return (int) slots[slot] - 1;
        }
      }
      return NONE;
    }

    // Texts that differ in their last characters only have hashes close to each other; the
    // multiplication spreads them, so that neighbours do not form runs.
    private int slot(int hash) {
      int spread = hash * 0x9E3779B9;
      return (spread ^ spread >>> 16) & (slots.length - 1);
    }

    private int next(int slot) {
      return (slot + 1) & (slots.length - 1);
    }
  }
}
