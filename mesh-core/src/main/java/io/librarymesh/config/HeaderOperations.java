package io.librarymesh.config;

/** How the headers of requests and of responses are changed, at one level of a configuration. */
public record HeaderOperations(HeaderMutations request, HeaderMutations response) {
  /** Changes nothing. */
  public static final HeaderOperations NONE =
      new HeaderOperations(HeaderMutations.NONE, HeaderMutations.NONE);
}
