/**
 * What becomes of every field of every kind: documents that hold all of them, and what is served
 * and said with each and without it. {@code docs/istio-api.md} is made of it.
 */
@NullMarked
package io.librarymesh.controlplane.fields;

import org.jspecify.annotations.NullMarked;
