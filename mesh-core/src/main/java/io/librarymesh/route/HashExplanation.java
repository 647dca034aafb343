package io.librarymesh.route;

import io.librarymesh.config.HashPolicy;

/**
 * Something that a request is hashed by.
 *
 * @param found whether the request has it; a {@link HashPolicy.GeneratedCookie} that it does not
 *     have is made up when it is sent
 */
public record HashExplanation(HashPolicy policy, boolean found) {}
