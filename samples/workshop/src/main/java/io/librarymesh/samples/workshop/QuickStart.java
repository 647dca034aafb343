package io.librarymesh.samples.workshop;

import io.librarymesh.Mesh;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** The README's example: one call through the mesh. */
public final class QuickStart {
  private QuickStart() {}

  /** Calls the greeter once. */
  public static void main(String[] args) throws IOException {
    XdsConfigSource source =
        XdsConfigSource.builder(Node.of("quick-start")).server("127.0.0.1:15010").build();
    try (Mesh mesh = Mesh.builder(source).build()) {
      OkHttpClient client =
          new OkHttpClient.Builder().addInterceptor(MeshInterceptor.of(mesh)).build();
      Request request = new Request.Builder().url("http://greeter-service:3000/").build();
      try (Response response = client.newCall(request).execute()) {
        System.out.println(response.code() + " " + response.body().string());
      }
    }
  }
}
