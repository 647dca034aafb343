package io.librarymesh.controlplane.istio;

/**
 * What a policy is attached to that selects no workloads; Istio's {@code PolicyTargetReference}.
 * Policies with one are for gateways and waypoints, and in force at no ordinary workload.
 *
 * @param group such as {@code gateway.networking.k8s.io}; empty for Kubernetes' core group
 * @param kind such as {@code Gateway}
 * @param name of the object
 * @param namespace of the object; that of the policy, where it is not written
 */
public record PolicyTargetReference(String group, String kind, String name, String namespace) {}
