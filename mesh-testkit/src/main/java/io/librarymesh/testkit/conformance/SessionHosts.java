package io.librarymesh.testkit.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.librarymesh.testkit.conformance.CallOutcome.Answered;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts what callers keep of the host of their session, which is its address, for what a case says
 * in its place, and back: {@code ${a:text}} for the address of host {@code a} in Base64, {@code
 * ${a:cookie}} for a message with the address, and {@code ${a:cookie:SECONDS}} for one that says
 * when it expires, too.
 */
final class SessionHosts {
  private static final Pattern KEPT = Pattern.compile("\\$\\{([^}:]+):(text|cookie)(?::(\\d+))?}");

  private final Map<String, HostBinding.Address> addresses;

  SessionHosts(Map<String, HostBinding.Address> addresses) {
    this.addresses = addresses;
  }

  /** The request with what its caller would have kept. */
  CallScript bind(CallScript script) {
    CallScript.Head head = script.head();
    Map<String, List<String>> headers = new LinkedHashMap<>();
    head.headers()
        .forEach((name, lines) -> headers.put(name, lines.stream().map(this::bind).toList()));
    return new CallScript(
        script.id(),
        new CallScript.Head(
            head.method(), head.target(), head.authority(), head.path(), headers, head.body()),
        script.upstream(),
        script.mirrors(),
        script.rounds(),
        script.location());
  }

  private String bind(String line) {
    return KEPT.matcher(line)
        .replaceAll(
            kept -> {
              String address = text(addresses.get(kept.group(1)), kept.group(1));
              if (kept.group(2).equals("text")) {
                return base64(address.getBytes(UTF_8));
              }
              return message(address, kept.group(3) == null ? 0 : Long.parseLong(kept.group(3)));
            });
  }

  /** The answer as a case says it. */
  CallOutcome name(CallOutcome outcome) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    Answered answer = outcome.answer();
    answer
        .headers()
        .forEach((name, lines) -> headers.put(name, lines.stream().map(this::name).toList()));
    return new CallOutcome(
        new Answered(answer.status(), headers, answer.body(), answer.complete()),
        outcome.cluster(),
        outcome.flags(),
        outcome.attempts(),
        outcome.mirrors(),
        outcome.waits(),
        outcome.elapsedNanos());
  }

  private String name(String line) {
    String named = line;
    for (Map.Entry<String, HostBinding.Address> host : addresses.entrySet()) {
      String address = text(host.getValue(), host.getKey());
      named =
          named
              .replace(message(address, 0), "${" + host.getKey() + ":cookie}")
              .replace(base64(address.getBytes(UTF_8)), "${" + host.getKey() + ":text}");
    }
    return named;
  }

  private static String text(HostBinding.@Nullable Address address, String host) {
    if (address == null) {
      throw new AssertionError("host: " + host + " (not bound)");
    }
    return address.address() + ":" + address.port();
  }

  /** Envoy's {@code Cookie {string address = 1; uint64 expires = 2}}. */
  private static String message(String address, long expires) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x0a);
    out.write(address.length());
    out.writeBytes(address.getBytes(UTF_8));
    if (expires > 0) {
      out.write(0x10);
      long left = expires;
      for (; left > 0x7f; left >>>= 7) {
        out.write((int) ((left & 0x7f) | 0x80));
      }
      out.write((int) left);
    }
    return base64(out.toByteArray());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
