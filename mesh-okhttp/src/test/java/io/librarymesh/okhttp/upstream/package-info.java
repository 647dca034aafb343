/**
 * The upstreams of conformance cases: real servers on loopback ports that do what a case scripts.
 * Knows nothing of the mesh; tells of each request that arrives, and answers when it is told to.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.okhttp.upstream;
