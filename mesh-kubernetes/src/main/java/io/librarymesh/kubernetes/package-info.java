/**
 * What a Kubernetes API server has for the control plane: the configuration in its custom resources
 * and Services, and the endpoints in its EndpointSlices.
 *
 * <p>{@link io.librarymesh.kubernetes.KubernetesSource} watches, and hands out a store and an
 * endpoint source. Objects are read by the same reader as files, so that a manifest means the same
 * whichever way it comes.
 */
@NullMarked
package io.librarymesh.kubernetes;

import org.jspecify.annotations.NullMarked;
