/**
 * Serves xDS v3 over one aggregated stream per client or one for each type, incremental and
 * state-of-the-world.
 *
 * <p>All state lives on one thread, the state executor: what clients subscribed to, the resources
 * that any of them subscribed to, the registry, the configuration in force. gRPC's threads hand
 * requests over and the state executor writes answers, which gRPC queues. Nothing on that thread
 * waits.
 *
 * <p>Cost follows change: a resource is translated when someone subscribes to it and again when a
 * host that its translation looked at has changed; its bytes are made once and shared by all
 * clients for which it is equal; a push looks at the subscribers of what really changed.
 */
@NullMarked
package io.librarymesh.controlplane.serve;

import org.jspecify.annotations.NullMarked;
