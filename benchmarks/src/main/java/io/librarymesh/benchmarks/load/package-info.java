/**
 * Load on a control plane: many small xDS clients in one process, the server in another, so that
 * its heap and its processor time are its own.
 */
@NullMarked
package io.librarymesh.benchmarks.load;

import org.jspecify.annotations.NullMarked;
