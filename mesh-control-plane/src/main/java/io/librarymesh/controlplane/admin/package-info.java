/**
 * Health, numbers and debugging over HTTP: what the control plane knows, as JSON; and the status of
 * clients over gRPC. Reads the status of the serving room and changes nothing.
 */
@NullMarked
package io.librarymesh.controlplane.admin;

import org.jspecify.annotations.NullMarked;
