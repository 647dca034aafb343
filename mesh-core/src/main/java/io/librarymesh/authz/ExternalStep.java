package io.librarymesh.authz;

import io.librarymesh.authz.ExternalAnswer.Failed;
import io.librarymesh.authz.ExternalAnswer.NotAsked;
import io.librarymesh.authz.ExternalAnswer.Response;
import io.librarymesh.config.ExternalAuthorization;
import io.librarymesh.config.ExternalAuthorization.Mark;
import io.librarymesh.route.TextMatcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiled questions to an authorizer. Source: Envoy's {@code ext_authz} filter and its client of
 * HTTP.
 *
 * <p>Headers that the authorizer is to set never come from a caller, whether or not it is asked,
 * and whatever it answers; with Envoy they do where it does not set them. Credentials of the caller
 * stay, which are no statements about it.
 */
final class ExternalStep implements InboundStep {
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final String REMOVED = "x-envoy-auth-headers-to-remove";
  private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie");

  /** What a caller gets of a denial whichever headers are named. */
  private static final Set<String> OF_DENIALS = Set.of("www-authenticate", "location");

  private final ExternalAuthorization filter;
  private final @Nullable TextMatcher marking;
  private final HeaderNames asked;
  private final HeaderNames toApplication;
  private final HeaderNames toCallerOnAllow;
  private final HeaderNames toCallerOnDeny;
  private final Map<String, String> added = new LinkedHashMap<>();

  private ExternalStep(ExternalAuthorization filter) {
    this.filter = filter;
    this.marking = filter.mark().map(Mark::policy).map(TextMatcher::compile).orElse(null);
    this.asked = HeaderNames.compile(filter.check().headers());
    this.toApplication = HeaderNames.compile(filter.answers().toApplication());
    this.toCallerOnAllow = HeaderNames.compile(filter.answers().toCallerOnAllow());
    this.toCallerOnDeny = HeaderNames.compile(filter.answers().toCallerOnDeny());
    filter.check().added().forEach((name, value) -> added.put(lower(name), value));
  }

  /** What cannot be compiled denies. */
  static InboundStep compile(ExternalAuthorization filter, List<String> problems) {
    try {
      return new ExternalStep(filter);
    } catch (IllegalArgumentException e) {
      problems.add("ext_authz: " + e.getMessage());
      return passage -> passage.denied(FORBIDDEN, "", "ext_authz_not_understood", "", "");
    }
  }

  /** The mark that says which requests are concerned; null: all are. */
  @Nullable Mark mark() {
    return filter.mark().orElse(null);
  }

  String cluster() {
    return filter.check().cluster();
  }

  /** Whether a request, or a connection, is concerned that this policy has marked. */
  boolean concerns(@Nullable String policy) {
    return marking == null
        || (policy != null && !policy.isEmpty() && marking.matches(policy, 0, policy.length()));
  }

  @Override
  public InboundVerdict.@Nullable Denied take(Passage passage) {
    InboundRequest request = passage.request();
    Mark mark = mark();
    if (concerns(mark == null ? null : passage.marked(mark.prefix()))) {
      passage.ask(checks(passage, request));
    }
    List<String> foreign =
        toApplication.isEmpty()
            ? List.of()
            : request.headerNames().stream()
                .filter(name -> toApplication.include(name) && !CREDENTIALS.contains(name))
                .toList();
    passage.edit(foreign, Map.of());
    return null;
  }

  /** Where the application dispatches by another form of the path, both are asked about. */
  private List<ExternalCheck> checks(Passage passage, InboundRequest request) {
    Map<String, List<String>> headers = headers(request);
    ExternalCheck check = check(request, passage.target(), headers);
    String dispatch = passage.dispatchTarget();
    String other = dispatch == null ? passage.target() : encoded(dispatch, passage.target());
    return other.equals(passage.target())
        ? List.of(check)
        : List.of(check, check(request, other, headers));
  }

  private ExternalCheck check(
      InboundRequest request, String target, Map<String, List<String>> headers) {
    return new ExternalCheck(
        filter.check().cluster(),
        filter.check().timeoutNanos(),
        request.method(),
        request.authority(),
        filter.check().pathPrefix() + target,
        headers);
  }

  private Map<String, List<String>> headers(InboundRequest request) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String name : request.headerNames()) {
      if (name.equals("authorization") || asked.include(name)) {
        headers.put(name, List.copyOf(request.headerLines(name)));
      }
    }
    added.forEach((name, value) -> headers.put(name, List.of(value)));
    return headers;
  }

  /** A path that was decoded, in the form of a request target, with the query of this one. */
  private static String encoded(String dispatch, String target) {
    int query = target.indexOf('?');
    String tail = query < 0 ? "" : target.substring(query);
    String path = dispatch.substring(0, dispatch.length() - tail.length());
    StringBuilder out = new StringBuilder();
    for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~!$&'()*+,;=:@/".indexOf(c) >= 0;
      if (plain) {
        out.append(c);
      } else {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return out.append(tail).toString();
  }

  private static boolean isFailure(ExternalAnswer answer) {
    return answer instanceof Failed || (answer instanceof Response r && r.status() / 100 == 5);
  }

  boolean failsOpen(ExternalAnswer answer) {
    return filter.failure().open() && isFailure(answer);
  }

  /** What the answer makes of the request; null: it goes on. */
  InboundVerdict.@Nullable Denied take(Passage passage, ExternalAnswer answer) {
    if (answer instanceof NotAsked not) {
      return passage.denied(
          FORBIDDEN, "", "ext_authz_not_asked{" + not.reason() + "}", by(passage), "");
    }
    if (isFailure(answer)) {
      String reason =
          answer instanceof Failed failed
              ? failed.reason()
              : "status " + ((Response) answer).status();
      return filter.failure().open()
          ? null
          : passage.denied(
              filter.failure().status(), "", "ext_authz_error{" + reason + "}", by(passage), "");
    }
    Response response = (Response) answer;
    if (response.status() == OK) {
      allowed(passage, response);
      return null;
    }
    return denied(passage, response);
  }

  private String by(Passage passage) {
    Mark mark = mark();
    String policy = mark == null ? null : passage.marked(mark.prefix());
    return policy == null ? "" : policy;
  }

  private void allowed(Passage passage, Response response) {
    Map<String, String> set = new LinkedHashMap<>();
    List<String> removed = new ArrayList<>();
    Map<String, List<String>> toCaller = new LinkedHashMap<>();
    response
        .headers()
        .forEach(
            (name, lines) -> {
              if (toApplication.include(name) && !lines.isEmpty()) {
                set.put(name, lines.get(lines.size() - 1));
              }
              if (toCallerOnAllow.include(name)) {
                toCaller.put(name, lines);
              }
              if (name.equals(REMOVED)) {
                lines.forEach(line -> remove(line, removed));
              }
            });
    passage.edit(removed, set);
    passage.answerHeaders(toCaller);
  }

  private static void remove(String line, List<String> removed) {
    for (String name : line.split(",", -1)) {
      String header = lower(name.strip());
      if (!header.isEmpty() && HeaderNames.isCarried(header)) {
        removed.add(header);
      }
    }
  }

  private InboundVerdict.Denied denied(Passage passage, Response response) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    response
        .headers()
        .forEach(
            (name, lines) -> {
              boolean named =
                  toCallerOnDeny.isEmpty()
                      || toCallerOnDeny.include(name)
                      || OF_DENIALS.contains(name);
              if (named && HeaderNames.isCarried(name)) {
                headers.put(name, lines);
              }
            });
    return passage.denied(
        response.status(),
        new InboundVerdict.Answer(headers, response.body()),
        "ext_authz_denied",
        by(passage));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
