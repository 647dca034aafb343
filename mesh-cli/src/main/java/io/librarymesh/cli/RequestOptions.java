package io.librarymesh.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.internal.http.HttpMethod;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A request as curl takes it. */
final class RequestOptions {
  /** RFC 9110, 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  @Parameters(paramLabel = "URL", description = "The logical URL, for example http://greeter:3000/")
  String url = "";

  @Option(
      names = {"-X", "--request"},
      paramLabel = "METHOD",
      description = "Method (default: GET, or POST with -d).")
  @Nullable String method;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header; may be repeated.")
  List<String> headers = new ArrayList<>();

  @Option(
      names = {"-d", "--data"},
      paramLabel = "BODY",
      description = "Body of the request.")
  @Nullable String data;

  Request request() {
    HttpUrl parsed = HttpUrl.parse(url);
    if (parsed == null) {
      throw new Options.UsageException(
          "URL: '"
              + url
              + "' (expected: http://HOST[:PORT]/PATH, for example http://greeter:3000/)");
    }
    Request.Builder request = new Request.Builder().url(parsed);
    String verb = method != null ? method : data != null ? "POST" : "GET";
    RequestBody body = data == null ? null : RequestBody.create(data, (MediaType) null);
    if (body == null && HttpMethod.requiresRequestBody(verb)) {
      body = RequestBody.create(new byte[0]);
    }
    if (body != null && !HttpMethod.permitsRequestBody(verb)) {
      throw new Options.UsageException("-d: a body cannot go with " + verb);
    }
    if (!TOKEN.matcher(verb).matches()) {
      throw new Options.UsageException("-X: '" + verb + "' (expected: a method, such as GET)");
    }
    request.method(verb, body);
    lines(headers).forEach(line -> add(request, line.name(), line.value()));
    return request.build();
  }

  private static void add(Request.Builder request, String name, String value) {
    try {
      request.addHeader(name, value);
    } catch (IllegalArgumentException e) {
      throw new Options.UsageException("-H: '" + name + "': " + e.getMessage());
    }
  }

  /** One line of a header. */
  record HeaderLine(String name, String value) {}

  /** Reads {@code NAME: VALUE} lines. */
  static List<HeaderLine> lines(List<String> headers) {
    List<HeaderLine> lines = new ArrayList<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new Options.UsageException("-H: '" + header + "' (expected: 'NAME: VALUE')");
      }
      String name = header.substring(0, colon).strip();
      if (!TOKEN.matcher(name).matches()) {
        throw new Options.UsageException(
            "-H: '"
                + header
                + "' (expected: 'NAME: VALUE' with a name of letters, digits and"
                + " !#$%&'*+-.^_`|~)");
      }
      lines.add(new HeaderLine(name, header.substring(colon + 1).strip()));
    }
    return lines;
  }
}
