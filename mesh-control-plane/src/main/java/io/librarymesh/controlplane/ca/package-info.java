/**
 * The mesh's own certificate authority: its key and roots, who may have a certificate of which
 * identity, and the signing. Knows nothing of configuration.
 */
@NullMarked
package io.librarymesh.controlplane.ca;

import org.jspecify.annotations.NullMarked;
