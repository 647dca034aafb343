package io.librarymesh.guard;

import io.librarymesh.route.HeaderLookup;
import io.librarymesh.route.RequestHead;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says which requests are equal, so that one may have the answer to another, and which answers may
 * be given to another request than their own. Immutable; any thread. Source: RFC 9111, sections 3
 * and 4, of which the stricter reading is taken, because nobody has said that answers are public.
 */
final class RequestKey {
  /** What an answer may depend on in any service: who asks, and for what representation. */
  private static final List<String> ALWAYS =
      List.of("accept", "accept-encoding", "accept-language", "authorization", "cookie");

  /** Requests that have one of these ask for something else than the whole of a resource. */
  private static final List<String> PARTIAL =
      List.of(
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "range",
          "transfer-encoding",
          "upgrade");

  private final String[] headers;
  private final Set<String> compared;

  private RequestKey(String[] headers) {
    this.headers = headers;
    this.compared = Set.of(headers);
  }

  /**
   * Compiles what is compared.
   *
   * @param more header names in lower case, besides those that always are
   */
  static RequestKey comparing(List<String> more) {
    Set<String> names = new HashSet<>(ALWAYS);
    names.addAll(more);
    return new RequestKey(names.stream().sorted().toArray(String[]::new));
  }

  /**
   * What is equal for equal requests; null for a request whose answer is for nobody else.
   *
   * @param scope what the request's route goes by: a header that decides on the route makes
   *     requests unequal, too
   */
  @Nullable String of(RequestHead head, String scope) {
    if (!isSafe(head)) {
      return null;
    }
    StringBuilder key = new StringBuilder(128);
    key.append(head.method()).append(' ').append(head.scheme()).append("://");
    key.append(head.authority()).append(head.path());
    for (String name : headers) {
      String value = head.header(name);
      // A missing header is not an empty one. No value has a line break.
      key.append(value == null ? "\n-" : "\n+");
      if (value != null) {
        key.append(value);
      }
    }
    key.append('\n').append(scope);
    return key.toString();
  }

  private static boolean isSafe(RequestHead head) {
    String method = head.method();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return false;
    }
    for (String name : PARTIAL) {
      if (head.header(name) != null) {
        return false;
      }
    }
    String length = head.header("content-length");
    return (length == null || length.equals("0")) && !forbidsStoring(head.header("cache-control"));
  }

  /** Whether an answer says nothing that forbids giving it to an equal request. */
  boolean mayShare(HeaderLookup response) {
    return response.header("set-cookie") == null
        && !forbidsSharing(response.header("cache-control"))
        && !isStream(response.header("content-type"))
        && comparesAll(response.header("vary"));
  }

  /** An answer for one user: who that is may stand in a header that nobody has named. */
  private static boolean forbidsSharing(@Nullable String cacheControl) {
    return forbidsStoring(cacheControl)
        || (cacheControl != null && cacheControl.toLowerCase(Locale.ROOT).contains("private"));
  }

  private static boolean forbidsStoring(@Nullable String cacheControl) {
    return cacheControl != null && cacheControl.toLowerCase(Locale.ROOT).contains("no-store");
  }

  /** What is not over before somebody says so, and what ends in trailers. */
  private static boolean isStream(@Nullable String contentType) {
    return contentType != null
        && (contentType.startsWith("text/event-stream")
            || contentType.startsWith("application/grpc"));
  }

  private boolean comparesAll(@Nullable String vary) {
    if (vary == null) {
      return true;
    }
    for (String name : vary.toLowerCase(Locale.ROOT).split(",", -1)) {
      if (!name.isBlank() && !compared.contains(name.strip())) {
        return false;
      }
    }
    return true;
  }
}
