package io.librarymesh.config;

/**
 * A condition on the first value of one query parameter, compared as it stands in the URL (not
 * percent-decoded). Source: Envoy {@code route.v3.QueryParameterMatcher}.
 *
 * @param name case-sensitive
 */
public record QueryParameterMatch(String name, ValueMatch value) {}
