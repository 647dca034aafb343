package io.librarymesh.cli;

import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.internal.http.HttpMethod;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl call}: real calls through the mesh, summed up. */
@Command(
    name = "call",
    mixinStandardHelpOptions = true,
    description = {
      "Sends calls to a logical URL through the mesh and sums up what came back.",
      "With --config the control plane runs inside this process; with --server it is one that runs already."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl call http://greeter-service:3000/ --config ./mesh -n 1000 -c 8",
      "  meshctl call http://greeter-service:3000/ --server 127.0.0.1:15010 -H 'x-user: alpha' -o json"
    })
final class CallCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "The logical URL, for example http://greeter:3000/")
  String url = "";

  @ArgGroup(multiplicity = "1")
  Source source = new Source();

  /** Where configuration comes from; one of the two. */
  static final class Source {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "DIR",
        description = "Directory of YAML, served by a control plane inside this process.")
    @Nullable Path config;

    @Option(
        names = "--server",
        required = true,
        paramLabel = "HOST:PORT",
        description = "xDS address of a control plane.")
    @Nullable String server;
  }

  @Option(
      names = {"-n", "--requests"},
      defaultValue = "1",
      paramLabel = "N",
      description = "How many calls (default: ${DEFAULT-VALUE}).")
  int requests;

  @Option(
      names = {"-c", "--concurrency"},
      defaultValue = "1",
      paramLabel = "N",
      description = "How many at a time (default: ${DEFAULT-VALUE}).")
  int concurrency;

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

  @Option(
      names = {"-L", "--location"},
      description = "Follow redirects; each hop is a call of its own.")
  boolean followRedirects;

  @Option(
      names = "--namespace",
      defaultValue = "default",
      paramLabel = "NS",
      description = "Namespace of the caller (default: ${DEFAULT-VALUE}).")
  String namespace = "default";

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "A label of the caller, for sourceLabels; may be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--config-timeout",
      defaultValue = "5s",
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description = "How long the first call waits for configuration (default: ${DEFAULT-VALUE}).")
  Duration configTimeout = Duration.ofSeconds(5);

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Output output = Output.table;

  /** Formats of the summary. */
  enum Output {
    table,
    json
  }

  @Override
  public Integer call() throws Exception {
    Options.requireRange("-n", requests, 1, Integer.MAX_VALUE);
    Options.requireRange("-c", concurrency, 1, 10_000);
    Request request = request();
    CallSummary summary = new CallSummary();
    try (Connections.Connection connection = connect(summary)) {
      CallRunner runner =
          new CallRunner(
              connection.client(concurrency, followRedirects), summary, Progress.onTerminal());
      runner.run(request, requests, concurrency);
    }
    System.out.print(
        output == Output.json
            ? new GsonBuilder()
                    .setPrettyPrinting()
                    .disableHtmlEscaping()
                    .create()
                    .toJson(summary.toJson())
                + "\n"
            : summary.toTable());
    return 0;
  }

  private Connections.Connection connect(CallSummary summary) throws Exception {
    Connections.Caller caller = new Connections.Caller(namespace, labels, configTimeout, summary);
    if (source.config != null) {
      return Connections.embedded(source.config, caller);
    }
    return Connections.remote(Options.hostPort("--server", String.valueOf(source.server)), caller);
  }

  private Request request() {
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
    request.method(verb, body);
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw new Options.UsageException("-H: '" + header + "' (expected: 'NAME: VALUE')");
      }
      request.addHeader(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }
    return request.build();
  }
}
