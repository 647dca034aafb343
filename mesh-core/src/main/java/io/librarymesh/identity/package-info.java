/**
 * Who this workload is and whom it trusts: SPIFFE identities, certificates, trust bundles, and the
 * checks that TLS makes of a peer. Beside the walk of a call; knows no configuration and no xDS.
 */
@NullMarked
package io.librarymesh.identity;

import org.jspecify.annotations.NullMarked;
