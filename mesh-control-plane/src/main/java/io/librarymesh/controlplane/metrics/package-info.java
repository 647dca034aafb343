/**
 * Numbers about the control plane, kept where things happen and read by whoever asks, in
 * Prometheus' text format. Knows nothing of the mesh: other rooms name what they count.
 *
 * <p>Every method may be called from any thread and none waits for another.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">The format</a>
 */
@NullMarked
package io.librarymesh.controlplane.metrics;

import org.jspecify.annotations.NullMarked;
