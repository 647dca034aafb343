package io.librarymesh.okhttp;

import io.librarymesh.testkit.conformance.CallScript;
import java.io.IOException;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** The request of a case in OkHttp's terms. */
final class CaseRequest {
  /** Tells upstreams which call a request is of. */
  static final String CALL_HEADER = "x-conformance-call";

  private CaseRequest() {}

  /**
   * The request of one call.
   *
   * @param number names the call to upstreams
   */
  static Request of(ScriptedCall call, int number) {
    CallScript.Head head = call.script().head();
    Request.Builder request =
        new Request.Builder()
            .url("http://" + head.target() + head.path())
            .method(head.method(), body(head))
            .tag(ScriptedCall.class, call)
            .header(CALL_HEADER, Integer.toString(number));
    if (!head.authority().isEmpty()) {
      request.header("Host", head.authority());
    }
    head.headers().forEach((name, lines) -> lines.forEach(line -> request.addHeader(name, line)));
    return request.build();
  }

  private static @Nullable RequestBody body(CallScript.Head head) {
    boolean required = List.of("POST", "PUT", "PATCH").contains(head.method());
    return switch (head.body()) {
      case NONE -> required ? RequestBody.EMPTY : null;
      case REPEATABLE -> RequestBody.create("payload", null);
      case STREAMED -> new Streamed();
    };
  }

  /** Of unknown length, and gone when it was sent. */
  private static final class Streamed extends RequestBody {
    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.writeUtf8("payload");
    }
  }
}
