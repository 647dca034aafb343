package io.librarymesh.route;

import io.librarymesh.config.HeaderOperations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The compiled header operations of one level.
 *
 * @param request null when requests stay as they are
 * @param response null when responses stay as they are
 */
record LevelMutators(@Nullable HeaderMutator request, @Nullable HeaderMutator response) {
  /**
   * Compiles the operations of one level.
   *
   * @param at the path of the level
   * @param errors gets what is wrong; if anything is, the result must not be used
   */
  static LevelMutators compile(HeaderOperations operations, String at, ConfigErrors errors) {
    return new LevelMutators(
        operations.request().isEmpty()
            ? null
            : HeaderMutator.compile(operations.request(), at + ".headers.request", errors),
        operations.response().isEmpty()
            ? null
            : HeaderMutator.compile(operations.response(), at + ".headers.response", errors));
  }

  /** Those of several levels that change requests, in order. */
  static HeaderMutator[] requests(LevelMutators... levels) {
    return present(levels, LevelMutators::request);
  }

  /** Those of several levels that change responses, in order. */
  static HeaderMutator[] responses(LevelMutators... levels) {
    return present(levels, LevelMutators::response);
  }

  private static HeaderMutator[] present(
      LevelMutators[] levels, Function<LevelMutators, @Nullable HeaderMutator> direction) {
    List<HeaderMutator> present = new ArrayList<>();
    for (LevelMutators level : Arrays.asList(levels)) {
      HeaderMutator mutator = direction.apply(level);
      if (mutator != null) {
        present.add(mutator);
      }
    }
    return present.toArray(HeaderMutator[]::new);
  }
}
