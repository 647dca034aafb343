package io.librarymesh.xds;

import io.librarymesh.config.Body;
import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.StoredResponse;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what a policy answers in place of a failure. */
final class FallbackReader {
  private static final Pattern STATUS = Pattern.compile("[2-5][0-9]{2}");
  private static final Map<String, List<String>> TEXT =
      Map.of("content-type", List.of("text/plain"));

  private final Findings findings;

  private FallbackReader(Findings findings) {
    this.findings = findings;
  }

  static Fallback read(StructFields fields, Findings findings) {
    return new FallbackReader(findings).fallback(fields);
  }

  private Fallback fallback(StructFields fields) {
    Set<FailureCondition> on = EnumSet.noneOf(FailureCondition.class);
    Set<Integer> statuses = new HashSet<>();
    for (String written : fields.texts("on")) {
      Optional<FailureCondition> condition = FailureCondition.of(written);
      if (condition.isPresent()) {
        on.add(condition.get());
      } else if (STATUS.matcher(written).matches()) {
        statuses.add(Integer.parseInt(written));
      } else {
        findings.error(fields.at("on"), written + " (expected: a condition or a status)");
      }
    }
    Fallback fallback =
        new Fallback(
            on,
            statuses,
            fields.text("cluster"),
            fields.message("lastGoodResponse").map(this::lastGood).orElse(LastGoodResponse.NONE),
            fields.message("response").map(this::response).orElse(null));
    fields.end();
    return fallback;
  }

  private LastGoodResponse lastGood(StructFields fields) {
    int maxEntries = fields.integer("maxEntries", 0);
    int maxBytes = fields.integer("maxBytes", 0);
    if (maxEntries < 1) {
      findings.error(fields.at("maxEntries"), maxEntries + " (expected: >= 1)");
    }
    if (maxBytes < 1) {
      findings.error(fields.at("maxBytes"), maxBytes + " (expected: >= 1)");
    }
    LastGoodResponse lastGood =
        new LastGoodResponse(
            fields.texts("headers"),
            fields.nanos("maxAge", 0),
            Math.max(0, maxEntries),
            Math.max(0, maxBytes));
    fields.end();
    return lastGood;
  }

  private StoredResponse response(StructFields fields) {
    int status = fields.integer("status", 200);
    if (status < 200 || status > 599) {
      findings.error(fields.at("status"), status + " (expected: 200..599)");
      status = 200;
    }
    Map<String, List<String>> headers = new HashMap<>();
    fields
        .message("headers")
        .ifPresent(
            written ->
                written
                    .names()
                    .forEach(
                        name ->
                            headers.put(
                                name.toLowerCase(Locale.ROOT), List.of(written.text(name)))));
    Body body = fields.message("body").map(this::body).orElse(Body.EMPTY);
    if (!body.isEmpty()) {
      TEXT.forEach(headers::putIfAbsent);
    }
    fields.end();
    return new StoredResponse(status, headers, body);
  }

  private Body body(StructFields fields) {
    String base64 = fields.text("bytes");
    Body body = Body.ofText(fields.text("string"));
    if (!base64.isEmpty()) {
      try {
        body = Body.of(Base64.getDecoder().decode(base64));
      } catch (IllegalArgumentException notBase64) {
        findings.error(fields.at("bytes"), "not base64 (expected: base64)");
      }
    }
    fields.end();
    return body;
  }
}
