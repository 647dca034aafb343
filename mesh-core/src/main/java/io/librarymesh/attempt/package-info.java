/**
 * Takes a picked host and the policy of the route; returns what one attempt may cost: its deadline,
 * its back-off and its place in the limits. Never sends.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.attempt;
