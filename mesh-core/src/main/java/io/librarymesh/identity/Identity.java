package io.librarymesh.identity;

/**
 * What TLS needs to know at one moment: who this workload is, and whose roots count. Immutable; a
 * rotation makes a new one.
 */
public record Identity(X509Svid svid, TrustBundles bundles) {}
