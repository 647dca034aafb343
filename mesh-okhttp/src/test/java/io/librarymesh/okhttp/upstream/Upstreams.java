package io.librarymesh.okhttp.upstream;

import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.testkit.conformance.Answer;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.HostBinding;
import io.librarymesh.testkit.conformance.UpstreamScript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The upstreams of one case: a loopback port for each logical host, and one for requests that go
 * where their URL points. Any thread.
 */
public final class Upstreams implements AutoCloseable {
  private final Connection.Protocol protocol;
  private final Map<String, LoopbackPort> ports = new LinkedHashMap<>();
  private final Map<Integer, String> hosts = new HashMap<>();

  private Upstreams(Connection.Protocol protocol) {
    this.protocol = protocol;
  }

  /** Listens for each of {@code hosts}, over HTTP/1.1. */
  public static Upstreams http1(List<String> hosts, Arrivals arrivals) throws IOException {
    return open(Http1Connection::new, hosts, arrivals);
  }

  /** Listens for each of {@code hosts}, over HTTP/2 in the clear and without being asked. */
  public static Upstreams http2(List<String> hosts, Arrivals arrivals) throws IOException {
    return open(Http2Connection::new, hosts, arrivals);
  }

  private static Upstreams open(Connection.Protocol protocol, List<String> hosts, Arrivals arrivals)
      throws IOException {
    Upstreams upstreams = new Upstreams(protocol);
    for (String host : hosts) {
      upstreams.add(host, arrivals);
    }
    upstreams.add(ConformanceCase.ORIGINAL_DESTINATION, arrivals);
    return upstreams;
  }

  private void add(String host, Arrivals arrivals) throws IOException {
    LoopbackPort port =
        new LoopbackPort(opened -> new Acceptor(host, opened.bind(100), protocol, arrivals));
    port.become(LoopbackPort.Mode.LISTENING);
    ports.put(host, port);
    hosts.put(port.number(), host);
  }

  /** Where the logical hosts are. */
  public HostBinding binding() {
    String loopback = InetAddress.getLoopbackAddress().getHostAddress();
    Map<String, HostBinding.Address> addresses = new LinkedHashMap<>();
    ports.forEach(
        (host, port) -> addresses.put(host, new HostBinding.Address(loopback, port.number())));
    return HostBinding.of(addresses);
  }

  /** Where requests arrive that go where their URL points. */
  public InetSocketAddress original() {
    LoopbackPort port =
        Optional.ofNullable(ports.get(ConformanceCase.ORIGINAL_DESTINATION)).orElseThrow();
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number());
  }

  /** The logical host of a port; empty when it is none of these. */
  public Optional<String> host(int port) {
    return Optional.ofNullable(hosts.get(port));
  }

  /**
   * Makes each host ready for an attempt: refuses or delays connections where its answer says so.
   *
   * @param attempt of the call, from 1
   * @param untouched hosts that stay as they are
   */
  public synchronized void expect(UpstreamScript script, int attempt, Set<String> untouched)
      throws IOException {
    for (Map.Entry<String, LoopbackPort> port : ports.entrySet()) {
      if (!untouched.contains(port.getKey())) {
        port.getValue().become(mode(script, attempt, port.getKey()));
      }
    }
  }

  /** Whether nobody listens for the first attempt of a call, on one host or more. */
  public boolean refuses(UpstreamScript script) {
    return ports.keySet().stream()
        .anyMatch(host -> mode(script, 1, host) == LoopbackPort.Mode.REFUSING);
  }

  /** Lets connections to a host come about. */
  public synchronized void accept(String host) throws IOException {
    Optional.ofNullable(ports.get(host)).orElseThrow().become(LoopbackPort.Mode.LISTENING);
  }

  @Override
  public synchronized void close() {
    ports.values().forEach(LoopbackPort::close);
  }

  private static LoopbackPort.Mode mode(UpstreamScript script, int attempt, String host) {
    Optional<Answer> answer = answer(script, attempt, host);
    if (answer.isEmpty()) {
      return LoopbackPort.Mode.LISTENING;
    }
    if (!answer.get().connectsAtOnce()) {
      return LoopbackPort.Mode.JAMMED;
    }
    boolean refused =
        answer.get() instanceof Answer.Fail fail
            && fail.failure() == TransportFailure.CONNECT_FAILURE;
    return refused ? LoopbackPort.Mode.REFUSING : LoopbackPort.Mode.LISTENING;
  }

  /** Without an answer the attempt fails the case when it arrives. */
  private static Optional<Answer> answer(UpstreamScript script, int attempt, String host) {
    if (script instanceof UpstreamScript.ByAttempt byAttempt) {
      List<Answer> answers = byAttempt.answers();
      return attempt > answers.size() ? Optional.empty() : Optional.of(answers.get(attempt - 1));
    }
    Map<String, Answer> answers = ((UpstreamScript.ByHost) script).answers();
    return Optional.ofNullable(answers.getOrDefault(host, answers.get("*")));
  }
}
