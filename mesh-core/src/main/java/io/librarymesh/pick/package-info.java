/**
 * Takes a cluster's host set and draws; returns a {@link io.librarymesh.pick.PickResult}: the
 * endpoint of one attempt. Holds the state of hosts that outlives an update. Never connects.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.pick;
