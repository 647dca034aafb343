package io.librarymesh.okhttp.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the header blocks of one HTTP/2 connection. Source: RFC 7541. Nothing is ever taken out of
 * the dynamic table, since indexes count from its newest entry.
 */
final class HpackReader {
  private static final List<Map.Entry<String, String>> STATIC = staticTable();

  /** The characters of each length of the Huffman code, in the order of their codes. */
  private static final Map<Integer, String> HUFFMAN =
      Map.ofEntries(
          Map.entry(5, "012aceiost"),
          Map.entry(6, " %-./3456789=A_bdfghlmnpru"),
          Map.entry(7, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
          Map.entry(8, "&*,;XZ"),
          Map.entry(10, "!\"()?"),
          Map.entry(11, "'+|"),
          Map.entry(12, "#>"),
          Map.entry(13, "\0$@[]~"),
          Map.entry(14, "^}"),
          Map.entry(15, "<`{"));

  private final List<Map.Entry<String, String>> dynamic = new ArrayList<>();

  /** The headers of one block, lines by name. */
  Map<String, List<String>> read(ByteBuffer block) {
    Map<String, List<String>> headers = new HashMap<>();
    while (block.hasRemaining()) {
      int first = block.get(block.position());
      if ((first & 0x80) != 0) {
        add(headers, entry(integer(block, 7)));
      } else if ((first & 0x60) == 0x20) {
        int unusedSize = integer(block, 5);
      } else {
        boolean indexed = (first & 0x40) != 0;
        int index = integer(block, indexed ? 6 : 4);
        String name = index == 0 ? string(block) : entry(index).getKey();
        Map.Entry<String, String> header = Map.entry(name, string(block));
        add(headers, header);
        if (indexed) {
          dynamic.add(0, header);
        }
      }
    }
    return headers;
  }

  private static void add(Map<String, List<String>> headers, Map.Entry<String, String> line) {
    headers.computeIfAbsent(line.getKey(), name -> new ArrayList<>()).add(line.getValue());
  }

  private Map.Entry<String, String> entry(int index) {
    return index <= STATIC.size() ? STATIC.get(index - 1) : dynamic.get(index - STATIC.size() - 1);
  }

  private static int integer(ByteBuffer block, int prefixBits) {
    int mask = (1 << prefixBits) - 1;
    int value = block.get() & mask;
    if (value < mask) {
      return value;
    }
    int shift = 0;
    int next;
    do {
      next = block.get();
      value += (next & 0x7f) << shift;
      shift += 7;
    } while ((next & 0x80) != 0);
    return value;
  }

  private static String string(ByteBuffer block) {
    boolean huffman = (block.get(block.position()) & 0x80) != 0;
    byte[] bytes = new byte[integer(block, 7)];
    block.get(bytes);
    return huffman ? decoded(bytes) : new String(bytes, ISO_8859_1);
  }

  /**
   * The code is canonical: codes of one length follow one another, after those that are shorter.
   */
  private static String decoded(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int bit = 0;
    int end = bytes.length * 8;
    while (bit < end) {
      int code = 0;
      int first = 0;
      boolean found = false;
      for (int length = 1; !found && bit < end; length++) {
        code = (code << 1) | (bytes[bit >> 3] >> (7 - (bit & 7)) & 1);
        bit++;
        String symbols = HUFFMAN.getOrDefault(length, "");
        found = code - first < symbols.length();
        if (found) {
          text.append(symbols.charAt(code - first));
        }
        first = (first + symbols.length()) << 1;
      }
    }
    return text.toString();
  }

  private static List<Map.Entry<String, String>> staticTable() {
    String table =
        """
        :authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|\
        :status 200|:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|\
        accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|\
        access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|\
        content-encoding|content-language|content-length|content-location|content-range|\
        content-type|cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|\
        if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|\
        proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|\
        set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|\
        www-authenticate\
        """;
    List<Map.Entry<String, String>> entries = new ArrayList<>();
    for (String line : table.split("\\|", -1)) {
      int blank = line.indexOf(' ');
      entries.add(
          blank < 0
              ? Map.entry(line, "")
              : Map.entry(line.substring(0, blank), line.substring(blank + 1)));
    }
    return List.copyOf(entries);
  }
}
