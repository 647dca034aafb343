package io.librarymesh.config;

/**
 * One rule of a virtual host.
 *
 * @param name for people; may be empty
 * @param origin where the rule was written, as {@code FILE:LINE} or {@code KIND NAMESPACE/NAME};
 *     may be empty
 */
public record Route(
    String name, RouteMatch match, RouteAction action, FaultInjection fault, String origin) {}
