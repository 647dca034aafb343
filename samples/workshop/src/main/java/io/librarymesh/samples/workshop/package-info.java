/**
 * The workshop's two programs as plain Java services: {@code helloweb} calls {@code greeter} by its
 * logical name, and the mesh decides which version answers. They are also the shortest examples of
 * how a service joins the mesh.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.samples.workshop;
