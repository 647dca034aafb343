package io.librarymesh.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Inputs for fuzz targets: those of a folder, then changes of them. Bytes are set, left out, put
 * in, repeated and crossed with those of other inputs; the same seed gives the same inputs. It
 * looks at no coverage: that is what a fuzzer is for. One thread.
 */
public final class Mutations {
  private static final int MOST_CHANGES = 4;
  private static final int LONGEST_RUN = 16;
  private static final byte[] NOTABLE = {
    0, 1, -1, 127, -128, '"', '\\', '/', '.', ';', '%', ',', '{', '[', ':', '-', '0', '9', 'e', '\n'
  };

  private final List<byte[]> corpus;
  private final SplittableRandom random;

  private Mutations(List<byte[]> corpus, long seed) {
    this.corpus = corpus;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Mutations of these inputs.
   *
   * @param corpus not empty
   */
  public static Mutations of(List<byte[]> corpus, long seed) {
    if (corpus.isEmpty()) {
      throw new IllegalArgumentException("corpus: empty (expected: at least one input)");
    }
    return new Mutations(List.copyOf(corpus), seed);
  }

  /**
   * The files of a folder of resources, by their names.
   *
   * @param beside a class of the same root
   * @param folder such as {@code fuzz/paths}
   */
  public static List<byte[]> corpus(Class<?> beside, String folder) {
    var resource = beside.getClassLoader().getResource(folder);
    if (resource == null) {
      throw new IllegalArgumentException("corpus: " + folder + " (expected: a folder)");
    }
    try (Stream<Path> files = Files.list(Path.of(URI.create(resource.toString())))) {
      return files.sorted().map(Mutations::bytes).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next input. */
  public byte[] next() {
    byte[] input = any().clone();
    for (int i = random.nextInt(MOST_CHANGES); i >= 0; i--) {
      input = changed(input);
    }
    return input;
  }

  private byte[] any() {
    return corpus.get(random.nextInt(corpus.size()));
  }

  private byte[] changed(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int run = Math.min(1 + random.nextInt(LONGEST_RUN), input.length - at);
    return switch (random.nextInt(6)) {
      case 0 -> set(input, at, (byte) random.nextInt(256));
      case 1 -> set(input, at, NOTABLE[random.nextInt(NOTABLE.length)]);
      case 2 -> joined(input, at, new byte[] {NOTABLE[random.nextInt(NOTABLE.length)]}, at);
      case 3 -> joined(input, at, new byte[0], at + run);
      case 4 -> joined(input, at, Arrays.copyOfRange(input, at, at + run), at);
      default -> crossed(input, at);
    };
  }

  private static byte[] set(byte[] input, int at, byte value) {
    if (at < input.length) {
      input[at] = value;
    }
    return input;
  }

  private byte[] crossed(byte[] input, int at) {
    byte[] other = any();
    int from = random.nextInt(other.length + 1);
    byte[] crossed = Arrays.copyOf(input, at + other.length - from);
    System.arraycopy(other, from, crossed, at, other.length - from);
    return crossed;
  }

  private static byte[] joined(byte[] input, int end, byte[] middle, int begin) {
    byte[] joined = Arrays.copyOf(input, end + middle.length + input.length - begin);
    System.arraycopy(middle, 0, joined, end, middle.length);
    System.arraycopy(input, begin, joined, end + middle.length, input.length - begin);
    return joined;
  }
}
