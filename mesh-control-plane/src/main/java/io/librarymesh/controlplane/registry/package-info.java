/**
 * Which services there are and which endpoints serve them.
 *
 * <p>Takes Kubernetes Services, ServiceEntries and WorkloadEntries from the store and workloads
 * that registered themselves, and returns immutable {@link
 * io.librarymesh.controlplane.registry.RegistrySnapshot snapshots}. The serving room feeds it and
 * the translation reads its snapshots. It never resolves a name over DNS and never opens a
 * connection.
 */
@NullMarked
package io.librarymesh.controlplane.registry;

import org.jspecify.annotations.NullMarked;
