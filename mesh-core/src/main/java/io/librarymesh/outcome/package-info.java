/**
 * Takes what the transport reported; returns whether to retry and what the host deserves. Never
 * logs.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.outcome;
