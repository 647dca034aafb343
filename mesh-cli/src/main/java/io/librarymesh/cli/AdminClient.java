package io.librarymesh.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The pages of a control plane, asked over HTTP; every failure says what to do about it. */
final class AdminClient {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Option(
      names = "--server",
      defaultValue = "http://127.0.0.1:15014",
      paramLabel = "URL",
      description = "HTTP address of a control plane (default: ${DEFAULT-VALUE}).")
  String server = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token that 'meshctl serve --debug-token-file' was given.")
  @Nullable Path tokenFile;

  /**
   * A page.
   *
   * @param segments of the path
   * @param query parameters
   * @param member what an answer of this page has
   * @throws IOException when there is no such answer, in words for the one who asked
   */
  JsonObject get(List<String> segments, Map<String, String> query, String member)
      throws IOException {
    HttpUrl.Builder url = base().newBuilder();
    segments.forEach(url::addPathSegment);
    query.forEach(url::addQueryParameter);
    Request.Builder request = new Request.Builder().url(url.build());
    if (tokenFile != null) {
      request.header("Authorization", "Bearer " + token(tokenFile));
    }
    Answer answer = ask(request.build());
    JsonElement json;
    try {
      json = JsonParser.parseString(answer.body());
    } catch (JsonParseException e) {
      throw strange("status " + answer.status() + " without JSON", e);
    }
    JsonObject object = json.isJsonObject() ? json.getAsJsonObject() : new JsonObject();
    if (answer.status() == HttpURLConnection.HTTP_OK && object.has(member)) {
      return object;
    }
    throw object.has("error")
        ? new IOException(AnswerText.error(object))
        : strange("status " + answer.status(), null);
  }

  private record Answer(int status, String body) {}

  private Answer ask(Request request) throws IOException {
    OkHttpClient client =
        new OkHttpClient.Builder()
            .connectTimeout(PATIENCE)
            .readTimeout(PATIENCE)
            .followRedirects(false)
            .build();
    try (Response response = client.newCall(request).execute()) {
      return new Answer(response.code(), response.body().string());
    } catch (ConnectException | SocketTimeoutException | UnknownHostException e) {
      throw new IOException(
          server
              + " does not answer (start a control plane with 'meshctl serve --config DIR', or say"
              + " where it is with --server http://HOST:15014)",
          e);
    } catch (IOException e) {
      throw strange("something that is not HTTP", e);
    } finally {
      client.connectionPool().evictAll();
      client.dispatcher().executorService().shutdown();
    }
  }

  private IOException strange(String what, @Nullable Exception cause) {
    return new IOException(
        server
            + " answers with "
            + what
            + " (expected: the HTTP address of a control plane, port 15014 unless it was told"
            + " otherwise)",
        cause);
  }

  private HttpUrl base() {
    String url = server.contains("://") ? server : "http://" + server;
    HttpUrl parsed = HttpUrl.parse(url);
    if (parsed == null) {
      throw new Options.UsageException(
          "--server: '" + server + "' (expected: a URL, for example http://127.0.0.1:15014)");
    }
    return parsed;
  }

  /** The file's text without blanks around it. */
  static String token(Path file) throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new IOException("the file of the token cannot be read: " + file, e);
    }
  }
}
