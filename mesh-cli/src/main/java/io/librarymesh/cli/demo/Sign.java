package io.librarymesh.cli.demo;

import io.librarymesh.cli.demo.Load.Answer;
import java.util.Map;
import java.util.function.Predicate;

/**
 * By what it is seen from outside that rules are in force.
 *
 * @param what for people
 * @param headers of the request that is sent
 * @param shows whether its answer is one of these rules
 */
record Sign(String what, Map<String, String> headers, Predicate<Answer> shows) {
  /** A plain request that takes the rule to which the YAML gives this name. */
  static Sign route(String name) {
    return new Sign("a call by rule " + name, Map.of(), answer -> answer.route().equals(name));
  }

  /** A request with these headers that is answered with this status. */
  static Sign status(int status, Map<String, String> headers) {
    return new Sign("an answer of " + status, headers, answer -> answer.status() == status);
  }
}
