package io.librarymesh.server;

import io.librarymesh.authz.ExternalAnswer;
import io.librarymesh.authz.ExternalCheck;
import io.librarymesh.config.Body;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One question and its answer in HTTP/1.1, on a connection of its own. The JDK's clients are no
 * help: they let nobody say which host a request is about (RFC 9112, 3.2).
 */
final class CheckExchange {
  private static final int MAX_HEAD = 64 * 1024;
  private static final int MAX_BODY = 1024 * 1024;
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final Socket socket;
  private final CheckDeadline deadline;
  private final InputStream in;
  private int headLeft = MAX_HEAD;

  CheckExchange(Socket socket, CheckDeadline deadline) throws IOException {
    this.socket = socket;
    this.deadline = deadline;
    this.in = socket.getInputStream();
  }

  /** The bytes of the question. */
  static byte[] request(ExternalCheck check) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(part(check.method()))
        .append(' ')
        .append(part(check.path()))
        .append(" HTTP/1.1\r\n");
    text.append("host: ").append(line(check.authority())).append("\r\n");
    check
        .headers()
        .forEach(
            (name, lines) ->
                lines.forEach(each -> text.append(name).append(": ").append(each).append("\r\n")));
    text.append("content-length: 0\r\nconnection: close\r\n\r\n");
    String whole = text.toString();
    int expected = 5;
    for (List<String> lines : check.headers().values()) {
      expected += lines.size();
    }
    if (whole.chars().filter(c -> c == '\n').count() != expected || whole.indexOf('\0') >= 0) {
      throw new ProtocolException("a header has more than one line (expected: one)");
    }
    return whole.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String part(String text) throws IOException {
    if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw new ProtocolException("not a request target or a method of HTTP");
    }
    return text;
  }

  private static String line(String text) throws IOException {
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new ProtocolException("not a host");
    }
    return text;
  }

  void send(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    socket.getOutputStream().flush();
  }

  /** Reads the answer; what was informational before it is passed over. */
  ExternalAnswer.Response answer(String method) throws IOException {
    int status = 0;
    Map<String, List<String>> headers = Map.of();
    while (status < OK) {
      status = status(line());
      headers = headers();
    }
    boolean bodiless = method.equals("HEAD") || status == NO_CONTENT || status == NOT_MODIFIED;
    return new ExternalAnswer.Response(
        status, headers, bodiless ? Body.EMPTY : Body.of(body(headers)));
  }

  private static int status(String line) throws IOException {
    if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
      throw new ProtocolException("not an answer of HTTP/1.1");
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private Map<String, List<String>> headers() throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon <= 0 || line.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
        throw new ProtocolException("not a header");
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
          .add(line.substring(colon + 1).strip());
    }
    return headers;
  }

  private byte[] body(Map<String, List<String>> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", List.of()).stream()
        .anyMatch(value -> value.equalsIgnoreCase("chunked"))) {
      return chunks();
    }
    List<String> lengths = headers.getOrDefault("content-length", List.of());
    if (lengths.isEmpty()) {
      return rest();
    }
    return exactly(number(lengths.get(0), 10));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line();
      int extension = size.indexOf(';');
      int length = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
      if (length == 0) {
        headers();
        return body.toByteArray();
      }
      body.write(exactly(length));
      if (body.size() > MAX_BODY || !line().isEmpty()) {
        throw new ProtocolException("chunks (expected: up to " + MAX_BODY + " bytes)");
      }
    }
  }

  private static int number(String text, int radix) throws IOException {
    try {
      int value = Integer.parseInt(text, radix);
      if (value >= 0 && value <= MAX_BODY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new ProtocolException("a body of " + text + " (expected: up to " + MAX_BODY + " bytes)");
  }

  private byte[] rest() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int next = read(); next >= 0; next = read()) {
      body.write(next);
      if (body.size() > MAX_BODY) {
        throw new ProtocolException("a body (expected: up to " + MAX_BODY + " bytes)");
      }
    }
    return body.toByteArray();
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = new byte[length];
    int read = 0;
    while (read < length) {
      socket.setSoTimeout(deadline.millis());
      int count = in.read(bytes, read, length - read);
      if (count < 0) {
        throw new EOFException("the answer ended early");
      }
      read += count;
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = read(); next != '\n'; next = read()) {
      if (next < 0) {
        throw new EOFException("the answer ended early");
      }
      if (--headLeft < 0) {
        throw new ProtocolException("a head of more than " + MAX_HEAD + " bytes");
      }
      line.append((char) next);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  private int read() throws IOException {
    socket.setSoTimeout(deadline.millis());
    return in.read();
  }
}
