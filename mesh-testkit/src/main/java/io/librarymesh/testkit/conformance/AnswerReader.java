package io.librarymesh.testkit.conformance;

import io.librarymesh.outcome.TransportFailure;
import java.util.List;
import java.util.Map;

/** Reads {@code upstream}. */
final class AnswerReader {
  private static final Answer.Body NO_BODY = new Answer.Body("", 0, false);

  private AnswerReader() {}

  /** A list answers attempt by attempt, a mapping host by host, a word always. */
  static UpstreamScript upstream(CaseNode node) {
    if (node.isList()) {
      return new UpstreamScript.ByAttempt(node.items(AnswerReader::answer));
    }
    if (node.isText()) {
      return new UpstreamScript.ByHost(Map.of("*", answer(node)));
    }
    return new UpstreamScript.ByHost(node.entries(AnswerReader::answer));
  }

  /** What one attempt gets. */
  static Answer answer(CaseNode node) {
    if (!node.isText()) {
      return described(node);
    }
    if (node.text().equals("hang")) {
      return new Answer.Hang();
    }
    if (Character.isDigit(node.text().charAt(0))) {
      return new Answer.Respond(node.integer(), Map.of(), NO_BODY, Map.of(), 0, true);
    }
    TransportFailure failure = failure(node);
    return new Answer.Fail(failure, failure != TransportFailure.CONNECT_FAILURE, 0, true);
  }

  private static Answer described(CaseNode node) {
    CaseFields fields = node.fields();
    long after = fields.nanos("after", 0);
    boolean connectsAtOnce = !fields.flag("connecting", false);
    Answer answer = fields.has("fail") ? fail(fields, after) : respond(fields, after);
    fields.end();
    return connectsAtOnce ? answer : connecting(answer);
  }

  private static Answer fail(CaseFields fields, long after) {
    TransportFailure failure = failure(fields.required("fail"));
    boolean sent = fields.flag("requestSent", failure != TransportFailure.CONNECT_FAILURE);
    return new Answer.Fail(failure, sent, after, true);
  }

  private static Answer respond(CaseFields fields, long after) {
    int status = fields.required("status").integer();
    Map<String, String> headers = texts(fields, "headers");
    Map<String, String> trailers = texts(fields, "trailers");
    String body = fields.text("body", "");
    long bodyAfter = fields.nanos("bodyAfter", 0);
    boolean breaks = fields.flag("bodyBreaks", false);
    int pieces = fields.integer("bodyPieces", 1);
    Answer.Body sent = fields.owner().check(at -> new Answer.Body(body, bodyAfter, breaks, pieces));
    return new Answer.Respond(status, headers, sent, trailers, after, true);
  }

  private static Answer connecting(Answer answer) {
    if (answer instanceof Answer.Respond r) {
      return new Answer.Respond(
          r.status(), r.headers(), r.body(), r.trailers(), r.afterNanos(), false);
    }
    if (answer instanceof Answer.Fail f) {
      return new Answer.Fail(f.failure(), f.requestSent(), f.afterNanos(), false);
    }
    return answer;
  }

  private static Map<String, String> texts(CaseFields fields, String name) {
    return fields.read(name, Map.of(), node -> node.entries(CaseNode::text));
  }

  private static TransportFailure failure(CaseNode node) {
    return switch (node.text()) {
      case "refused" -> TransportFailure.CONNECT_FAILURE;
      case "disconnect" -> TransportFailure.CONNECTION_TERMINATION;
      case "reset" -> TransportFailure.REMOTE_RESET;
      case "refused-stream" -> TransportFailure.REFUSED_STREAM;
      case "garbage" -> TransportFailure.PROTOCOL_ERROR;
      default ->
          throw node.wrong(
              "a status, or one of "
                  + List.of("refused", "disconnect", "reset", "refused-stream", "garbage", "hang"));
    };
  }
}
