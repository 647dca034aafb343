package io.librarymesh.okhttp.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.testkit.conformance.Answer;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * HTTP/2, as much of it as cases need: requests and answers are smaller than a frame and than any
 * window. Source: RFC 9113.
 */
final class Http2Connection implements Connection {
  private static final int PREFACE_LENGTH = 24;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int ACK = 0x1;
  private static final int END_STREAM = 0x1;
  private static final int END_HEADERS = 0x4;
  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED = 7;

  private final String host;
  private final Socket socket;
  private final DataInputStream in;
  private final Arrivals arrivals;
  private final HpackReader hpack = new HpackReader();
  private final Map<Integer, Map<String, List<String>>> requests = new HashMap<>();
  private final Set<Integer> open = new HashSet<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private int lastStream;
  private boolean last;

  Http2Connection(String host, Socket socket, Arrivals arrivals) throws IOException {
    this.host = host;
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.arrivals = arrivals;
  }

  @Override
  public void serve() throws IOException {
    try (socket) {
      begin();
      frame(SETTINGS, 0, 0, new byte[0]);
      while (true) {
        read();
      }
    } finally {
      ended.countDown();
    }
  }

  /** Reads the preface, after a request for a tunnel, which clients make when this is a proxy. */
  private void begin() throws IOException {
    String first = new String(in.readNBytes(PREFACE_LENGTH), ISO_8859_1);
    if (first.startsWith("CONNECT ")) {
      StringBuilder head = new StringBuilder(first);
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
      in.skipNBytes(PREFACE_LENGTH);
    }
  }

  private void read() throws IOException {
    int lengthAndType = in.readInt();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(lengthAndType >>> 8);
    int type = lengthAndType & 0xff;
    if (type == HEADERS) {
      requests.put(stream, hpack.read(ByteBuffer.wrap(payload)));
    } else if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
      frame(type, ACK, 0, type == PING ? payload : new byte[0]);
    } else if (type == RST_STREAM) {
      answered(stream);
      arrivals.brokenOff(host);
    }
    if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
      arrived(stream);
    }
  }

  private void arrived(int stream) throws EOFException {
    Map<String, List<String>> headers = requests.remove(stream);
    if (headers == null) {
      throw new EOFException("stream " + stream);
    }
    synchronized (this) {
      open.add(stream);
      lastStream = stream;
    }
    arrivals.arrived(host, new Http2Exchange(stream, headers));
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public void closeAfterAnswers() {
    try {
      boolean idle;
      synchronized (this) {
        last = true;
        idle = open.isEmpty();
        goAway();
      }
      if (idle) {
        hangUp();
        // The client notices on another thread than that of its next call.
        if (!ended.await(20, TimeUnit.SECONDS)) {
          throw new AssertionError("client keeps a connection that is going away");
        }
      }
    } catch (IOException closed) {
      // By the client, as was wanted.
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** No stream after those that are here will be served. */
  private void goAway() throws IOException {
    frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(0).array());
  }

  /** Says that nothing more comes; the client closes the connection. */
  private void hangUp() throws IOException {
    try {
      socket.shutdownOutput();
    } catch (SocketException closed) {
      // The client was faster.
    }
  }

  private void answered(int stream) throws IOException {
    boolean over;
    synchronized (this) {
      over = open.remove(stream) && last && open.isEmpty();
    }
    if (over) {
      hangUp();
    }
  }

  private void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void frame(int type, int flags, int stream, byte[] payload)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    socket.getOutputStream().write(frame.array());
  }

  private final class Http2Exchange implements Exchange {
    private final int stream;
    private final Map<String, List<String>> headers;
    private Answer.Body body = new Answer.Body("", 0, false);
    private int pieces;

    Http2Exchange(int stream, Map<String, List<String>> headers) {
      this.stream = stream;
      this.headers = headers;
    }

    @Override
    public Map<String, List<String>> headers() {
      return headers;
    }

    @Override
    public void respond(Answer.Respond answer) throws IOException {
      body = answer.body();
      boolean held = body.endsAfterNanos() > 0;
      boolean headOnly =
          !held && !body.breaks() && body.text().isEmpty() && answer.trailers().isEmpty();
      Map<String, String> head = new HashMap<>(answer.headers());
      head.put(":status", Integer.toString(answer.status()));
      headers(head, headOnly);
      if (headOnly) {
        answered(stream);
      } else if (!held && answer.trailers().isEmpty()) {
        endBody();
      } else if (!held) {
        frame(DATA, 0, stream, body.text().getBytes(UTF_8));
        headers(answer.trailers(), true);
        answered(stream);
      }
    }

    @Override
    public void sendPiece() throws IOException {
      frame(DATA, 0, stream, body.piece(pieces++).getBytes(UTF_8));
    }

    @Override
    public void endBody() throws IOException {
      frame(DATA, body.breaks() ? 0 : END_STREAM, stream, body.piece(pieces).getBytes(UTF_8));
      if (body.breaks()) {
        close();
      }
      answered(stream);
    }

    @Override
    public void fail(TransportFailure failure) throws IOException {
      switch (failure) {
        case REMOTE_RESET -> reset(INTERNAL_ERROR);
        case REFUSED_STREAM -> reset(REFUSED);
        case CONNECTION_TERMINATION -> close();
        case PROTOCOL_ERROR -> socket.getOutputStream().write("garbage\r\n\r\n".getBytes(UTF_8));
        default -> throw new AssertionError(failure + " of a request that has arrived");
      }
      answered(stream);
    }

    private void reset(int code) throws IOException {
      frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(code).array());
    }

    /** Literals without a place in the table, pseudo-headers first. */
    private void headers(Map<String, String> lines, boolean end) throws IOException {
      StringBuilder block = new StringBuilder();
      lines.forEach(
          (name, value) ->
              block.insert(name.startsWith(":") ? 0 : block.length(), literal(name, value)));
      int flags = END_HEADERS | (end ? END_STREAM : 0);
      frame(HEADERS, flags, stream, block.toString().getBytes(ISO_8859_1));
    }

    private static String literal(String name, String value) {
      return "\0" + string(name) + string(value);
    }

    /** Short enough for a length of one byte. */
    private static String string(String text) {
      return (char) text.length() + text;
    }
  }
}
