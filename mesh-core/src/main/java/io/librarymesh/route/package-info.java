/**
 * Takes a request head; returns a {@link io.librarymesh.route.PathDecision}, then a {@link
 * io.librarymesh.route.RouteDecision}. Compiles a route configuration once per update into tables
 * that a call only reads.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.route;
