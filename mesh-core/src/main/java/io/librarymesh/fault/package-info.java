/**
 * Takes a route's fault and two draws; returns a {@link io.librarymesh.fault.FaultDecision}. Never
 * waits: the driver of the call does.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.fault;
