package io.librarymesh.controlplane.ingress;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * What came back for a request, made byte by byte: other clients do not let the Host header be
 * chosen, or follow redirects.
 *
 * @param headers by name in lower case
 */
record Answer(int status, Map<String, String> headers, String body) {

  private static final int TIMEOUT_MILLIS = 10_000;

  /**
   * Asks a server on loopback.
   *
   * @param request method and path, such as {@code GET /}
   * @param headers lines such as {@code name: value}
   */
  static Answer to(int port, String request, String host, String... headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return exchange(socket, request, host, headers);
    }
  }

  /** The same over TLS, with the host as server name. */
  static Answer overTls(SSLContext tls, int port, String request, String host, String... headers)
      throws IOException {
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket =
            (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      return exchange(socket, request, host, headers);
    }
  }

  private static Answer exchange(Socket socket, String request, String host, String... headers)
      throws IOException {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String text =
        request + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + lines + "\r\n";
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return parse(read(socket.getInputStream()));
  }

  private static String read(InputStream stream) throws IOException {
    return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private static Answer parse(String text) throws IOException {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("no response: " + text);
    }
    String[] head = text.substring(0, end).split("\r\n", -1);
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      headers.put(
          head[i].substring(0, colon).toLowerCase(Locale.ROOT),
          head[i].substring(colon + 1).strip());
    }
    String rest = text.substring(end + 4);
    String body = "chunked".equals(headers.get("transfer-encoding")) ? dechunk(rest) : rest;
    return new Answer(Integer.parseInt(head[0].split(" ", 3)[1]), headers, body);
  }

  private static String dechunk(String text) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int line = text.indexOf("\r\n", at);
      int size = Integer.parseInt(text.substring(at, line), 16);
      body.append(text, line + 2, line + 2 + size);
      at = size == 0 ? text.length() : line + 2 + size + 2;
    }
    return body.toString();
  }
}
