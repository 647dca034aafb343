/**
 * Resources of APIs that Istio has retired, as those of today.
 *
 * <p>Takes all resources of a mesh and returns documents of today, the remarks there are to make on
 * what changed its meaning, and what cannot be said today. Nothing else in the control plane knows
 * what the retired kinds mean: they are in force, and are printed, as these documents.
 */
@NullMarked
package io.librarymesh.controlplane.retired;

import org.jspecify.annotations.NullMarked;
