/**
 * The public face of the mesh: {@link io.librarymesh.Mesh} hands out a {@link
 * io.librarymesh.MeshCall} for each request, and an adapter drives it by its {@link
 * io.librarymesh.Step}s.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh;
