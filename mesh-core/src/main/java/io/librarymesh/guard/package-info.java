/**
 * Takes a request that has a route; lets it pass, has it wait, or refuses it: rate limits and
 * bulkheads of a {@link io.librarymesh.config.ResiliencePolicy}. What is refused here has not been
 * called, so no fault and no timeout concerns it. Says as well what answers in place of a failure,
 * and which requests have one answer. Owns the counts and what is kept; never sends and never
 * waits: the driver of the call does.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.guard;
