package io.librarymesh.config;

/**
 * A policy matches a request of which both conditions hold. Source: Envoy {@code rbac.v3.Policy}.
 *
 * @param name such as {@code ns[foo]-policy[bar]-rule[0]}
 * @param permission what is called
 * @param principal who calls
 */
public record RbacPolicy(String name, RbacCondition permission, RbacCondition principal) {}
