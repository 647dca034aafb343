package io.librarymesh.controlplane.serve;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one client has of each resource of a {@link ResourceIndex}, by number: what it was sent
 * last, the version it accepted last, and marks. Takes about 10 bytes for each resource, and for a
 * client that uses a few of many resources a page for each neighbourhood in which it uses any.
 *
 * <p>Confined to the state executor.
 */
final class SubscriptionSlots {

  private static final int PAGE_BITS = 6;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final int IN_PAGE = PAGE_SIZE - 1;

  private @Nullable Page[] pages = new Page[0];

  /** Arrays beside each other: objects of each resource would cost a header each. */
  private static final class Page {
    final @Nullable EncodedResource[] sent = new EncodedResource[PAGE_SIZE];
    final @Nullable String[] acknowledged = new String[PAGE_SIZE];
    final byte[] marks = new byte[PAGE_SIZE];
  }

  private @Nullable Page find(int number) {
    int page = number >>> PAGE_BITS;
    return page < pages.length ? pages[page] : null;
  }

  private Page page(int number) {
    Page page = find(number);
    if (page == null) {
      int index = number >>> PAGE_BITS;
      if (index >= pages.length) {
        pages = Arrays.copyOf(pages, index + 1);
      }
      page = new Page();
      pages[index] = page;
    }
    return page;
  }

  /** What the client was sent last; null for nothing. */
  @Nullable EncodedResource sent(int number) {
    Page page = find(number);
    return page == null ? null : page.sent[number & IN_PAGE];
  }

  void sent(int number, @Nullable EncodedResource content) {
    page(number).sent[number & IN_PAGE] = content;
  }

  /** The version that the client accepted last; null for none. */
  @Nullable String acknowledged(int number) {
    Page page = find(number);
    return page == null ? null : page.acknowledged[number & IN_PAGE];
  }

  void acknowledged(int number, @Nullable String version) {
    page(number).acknowledged[number & IN_PAGE] = version;
  }

  boolean has(int number, int mark) {
    Page page = find(number);
    return page != null && (page.marks[number & IN_PAGE] & mark) != 0;
  }

  /** Whether the mark was not set before. */
  boolean set(int number, int mark) {
    Page page = page(number);
    byte before = page.marks[number & IN_PAGE];
    page.marks[number & IN_PAGE] = (byte) (before | mark);
    return (before & mark) == 0;
  }

  /** Whether the mark was set before. */
  boolean clear(int number, int mark) {
    Page page = find(number);
    if (page == null) {
      return false;
    }
    byte before = page.marks[number & IN_PAGE];
    page.marks[number & IN_PAGE] = (byte) (before & ~mark);
    return (before & mark) != 0;
  }
}
