package io.librarymesh.benchmarks;

import io.librarymesh.Mesh;
import io.librarymesh.okhttp.MeshInterceptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One GET over loopback to a server in another process, with and without the mesh. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class OkHttpBenchmark {
  private @Nullable Process server;
  private OkHttpClient raw = new OkHttpClient();
  private OkHttpClient meshed = raw;
  private Request direct = new Request.Builder().url("http://127.0.0.1/").build();
  private Request logical = direct;

  @Setup
  public void setUp() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    server =
        new ProcessBuilder(
                java, "-cp", System.getProperty("java.class.path"), LoopbackServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
    int port = Integer.parseInt(said.readLine());
    Mesh mesh = Fixture.meshTo(port, 100);
    meshed = raw.newBuilder().addInterceptor(MeshInterceptor.of(mesh)).build();
    String path = "/api/v1/resource-99/item?id=1";
    direct = new Request.Builder().url("http://127.0.0.1:" + port + path).build();
    logical = new Request.Builder().url("http://service-1" + path).build();
  }

  @TearDown
  public void tearDown() throws InterruptedException {
    if (server != null) {
      server.destroy();
      server.waitFor();
    }
  }

  @Benchmark
  public long raw() throws IOException {
    return call(raw, direct);
  }

  @Benchmark
  public long mesh() throws IOException {
    return call(meshed, logical);
  }

  private static long call(OkHttpClient client, Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      if (response.code() != 200) {
        throw new IOException(response.code() + ": " + response.body().string());
      }
      return response.body().bytes().length;
    }
  }
}
