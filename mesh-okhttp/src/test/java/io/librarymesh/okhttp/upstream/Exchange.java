package io.librarymesh.okhttp.upstream;

import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.testkit.conformance.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A request that has arrived in full and waits for what is done to it. Any thread. */
public interface Exchange {
  /** Lines by lower-case name, in order; {@code :path} and {@code :authority} are among them. */
  Map<String, List<String>> headers();

  /** Sends the answer; a body that ends later, or that breaks off, is held back. */
  void respond(Answer.Respond answer) throws IOException;

  /** Sends the next piece of a body that was held back, which is not its last. */
  void sendPiece() throws IOException;

  /** Sends what is left of the body that was held back, and breaks it off if it shall break. */
  void endBody() throws IOException;

  /** Ends without an answer. */
  void fail(TransportFailure failure) throws IOException;
}
