/**
 * What clients report of the load that they send: takes reports over gRPC, keeps the last minute of
 * them in bounded memory, and shows it to those who ask. Influences nothing.
 */
@NullMarked
package io.librarymesh.controlplane.load;

import org.jspecify.annotations.NullMarked;
