package io.librarymesh.route;

/** What a {@link PathNormalizer} says about the path of a request. */
public sealed interface PathDecision {
  /** For a switch: Java 17 cannot switch over sealed types. */
  Kind kind();

  /** The kinds of decision. */
  enum Kind {
    NORMAL,
    CHANGED,
    REDIRECTED,
    REFUSED
  }

  /** The path is as it should be. */
  enum Normal implements PathDecision {
    INSTANCE;

    @Override
    public Kind kind() {
      return Kind.NORMAL;
    }
  }

  /**
   * The request goes on with another path.
   *
   * @param path with the query
   */
  record Changed(String path) implements PathDecision {
    @Override
    public Kind kind() {
      return Kind.CHANGED;
    }

    /** The request with that path. */
    public RequestHead of(RequestHead head) {
      return new NormalizedHead(head, path);
    }
  }

  /**
   * The caller is told to ask for another path, with 307; one that speaks gRPC, which knows no
   * redirects, gets 400.
   *
   * @param path with the query
   */
  record Redirected(String path) implements PathDecision {
    @Override
    public Kind kind() {
      return Kind.REDIRECTED;
    }
  }

  /**
   * The request is answered with 400.
   *
   * @param reason what is wrong with the path, for people
   */
  record Refused(String reason) implements PathDecision {
    @Override
    public Kind kind() {
      return Kind.REFUSED;
    }
  }
}
