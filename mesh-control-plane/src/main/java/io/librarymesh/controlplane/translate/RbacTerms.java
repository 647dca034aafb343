package io.librarymesh.controlplane.translate;

import io.librarymesh.proto.envoy.config.rbac.v3.Permission;
import io.librarymesh.proto.envoy.config.rbac.v3.Principal;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How conditions of one side of a policy are put together; permissions and principals have the same
 * ways in different messages.
 */
record RbacTerms<T>(
    Function<List<T>, T> allOf, Function<List<T>, T> anyOf, UnaryOperator<T> negated, T always) {

  static final RbacTerms<Permission> PERMISSIONS =
      new RbacTerms<>(
          rules ->
              Permission.newBuilder()
                  .setAndRules(Permission.Set.newBuilder().addAllRules(rules))
                  .build(),
          rules ->
              Permission.newBuilder()
                  .setOrRules(Permission.Set.newBuilder().addAllRules(rules))
                  .build(),
          rule -> Permission.newBuilder().setNotRule(rule).build(),
          Permission.newBuilder().setAny(true).build());

  static final RbacTerms<Principal> PRINCIPALS =
      new RbacTerms<>(
          ids ->
              Principal.newBuilder().setAndIds(Principal.Set.newBuilder().addAllIds(ids)).build(),
          ids -> Principal.newBuilder().setOrIds(Principal.Set.newBuilder().addAllIds(ids)).build(),
          id -> Principal.newBuilder().setNotId(id).build(),
          Principal.newBuilder().setAny(true).build());

  /** All of them hold; so do none. */
  T all(List<T> terms) {
    return terms.isEmpty() ? always : allOf.apply(terms);
  }

  /** One of at least one holds. */
  T any(List<T> terms) {
    return anyOf.apply(terms);
  }

  T not(T term) {
    return negated.apply(term);
  }
}
