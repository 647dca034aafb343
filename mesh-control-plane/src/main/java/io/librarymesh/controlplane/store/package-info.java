/**
 * Where configuration comes from and what of it is in force.
 *
 * <p>A store takes files and gives out {@link io.librarymesh.controlplane.store.ConfigSnapshot
 * snapshots}: the valid resources, and what there is to say about the rest. It keeps the last good
 * version of every file, so that a mistake never takes away what worked. A file is taken as a whole
 * or not at all: half of what somebody wrote is not what they meant. The store never looks inside a
 * resource beyond its identity; that is the work of the rooms behind it.
 */
@NullMarked
package io.librarymesh.controlplane.store;

import org.jspecify.annotations.NullMarked;
