/** Identities of workloads from the SPIFFE Workload API. */
@NullMarked
package io.librarymesh.spiffe;

import org.jspecify.annotations.NullMarked;
