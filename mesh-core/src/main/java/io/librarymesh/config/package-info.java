/**
 * Declared policy as immutable records: what the control plane said, checked for range, without
 * behaviour. Every room to the right compiles what it needs from these; none changes them.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.config;
