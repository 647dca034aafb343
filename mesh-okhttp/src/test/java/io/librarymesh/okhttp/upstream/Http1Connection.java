package io.librarymesh.okhttp.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.testkit.conformance.Answer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** HTTP/1.1: reads request after request; whoever drives the case writes the answers. */
final class Http1Connection implements Connection {
  private final String host;
  private final Socket socket;
  private final InputStream in;
  private final Arrivals arrivals;
  private boolean busy;
  private boolean last;

  Http1Connection(String host, Socket socket, Arrivals arrivals) throws IOException {
    this.host = host;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.arrivals = arrivals;
  }

  @Override
  public void serve() throws IOException {
    try (socket) {
      while (true) {
        Map<String, List<String>> headers = read();
        synchronized (this) {
          busy = true;
        }
        arrivals.arrived(host, new Http1Exchange(headers));
      }
    }
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public synchronized void closeAfterAnswers() {
    last = true;
    if (!busy) {
      close();
    }
  }

  private void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  private synchronized void answered() {
    busy = false;
    if (last) {
      close();
    }
  }

  private synchronized boolean isLast() {
    return last;
  }

  /** Reads one request, body included. */
  private Map<String, List<String>> read() throws IOException {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put(":path", List.of(path(line().split(" ", -1)[1])));
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      headers
          .computeIfAbsent(name, first -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    headers.put(":authority", headers.getOrDefault("host", List.of()));
    if (headers.containsKey("transfer-encoding")) {
      for (int size = chunkSize(); size > 0; size = chunkSize()) {
        in.skipNBytes(size + 2L);
      }
      line();
    } else {
      in.skipNBytes(Long.parseLong(headers.getOrDefault("content-length", List.of("0")).get(0)));
    }
    return headers;
  }

  /** A request to a proxy has the whole URL. */
  private static String path(String target) {
    int authority = target.indexOf("://");
    return authority < 0 ? target : target.substring(target.indexOf('/', authority + 3));
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  private final class Http1Exchange implements Exchange {
    private final Map<String, List<String>> headers;
    private Answer.Body body = new Answer.Body("", 0, false);
    private int pieces;

    Http1Exchange(Map<String, List<String>> headers) {
      this.headers = headers;
    }

    @Override
    public Map<String, List<String>> headers() {
      return headers;
    }

    @Override
    public void respond(Answer.Respond answer) throws IOException {
      body = answer.body();
      boolean held = body.endsAfterNanos() > 0 || body.breaks();
      if (held) {
        write(head(answer, "transfer-encoding: chunked"));
        if (body.endsAfterNanos() == 0) {
          endBody();
        }
      } else if (answer.trailers().isEmpty()) {
        int length = body.text().getBytes(UTF_8).length;
        write(head(answer, "content-length: " + length) + body.text());
        answered();
      } else {
        write(head(answer, "transfer-encoding: chunked") + chunk(body.text()) + "0\r\n");
        write(lines(answer.trailers()) + "\r\n");
        answered();
      }
    }

    @Override
    public void sendPiece() throws IOException {
      write(chunk(body.piece(pieces++)));
    }

    @Override
    public void endBody() throws IOException {
      write(chunk(body.piece(pieces)));
      if (body.breaks()) {
        close();
      } else {
        write("0\r\n\r\n");
        answered();
      }
    }

    @Override
    public void fail(TransportFailure failure) throws IOException {
      switch (failure) {
        case CONNECTION_TERMINATION -> {}
        case PROTOCOL_ERROR -> write("garbage\r\n\r\n");
        default -> throw new AssertionError(failure + " over HTTP/1.1");
      }
      close();
    }

    private String head(Answer.Respond answer, String framing) {
      String close = isLast() ? "connection: close\r\n" : "";
      boolean bodiless = answer.status() == 204 || answer.status() == 304;
      return "HTTP/1.1 "
          + answer.status()
          + " Scripted\r\n"
          + lines(answer.headers())
          + close
          + (bodiless ? "" : framing + "\r\n")
          + "\r\n";
    }

    private static String chunk(String text) {
      int length = text.getBytes(UTF_8).length;
      return length == 0 ? "" : Integer.toHexString(length) + "\r\n" + text + "\r\n";
    }

    private static String lines(Map<String, String> headers) {
      StringBuilder lines = new StringBuilder();
      headers.forEach(
          (name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
      return lines.toString();
    }
  }
}
