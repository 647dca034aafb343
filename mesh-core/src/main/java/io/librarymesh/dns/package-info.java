/**
 * Turns configuration that names hosts into configuration that has their addresses, before anything
 * is compiled: {@code ConfigSource} in, {@code ConfigSource} out. Lookups go to the {@link
 * io.librarymesh.dns.NameResolver} and never hold up a call.
 */
@NullMarked
package io.librarymesh.dns;

import org.jspecify.annotations.NullMarked;
