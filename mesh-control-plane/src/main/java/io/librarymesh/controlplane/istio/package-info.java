/**
 * What people write: Istio's traffic resources and Kubernetes Services as records, the reader that
 * turns YAML or JSON text into them, and the rules that a resource must keep.
 *
 * <p>Takes the text of one file and returns {@link io.librarymesh.controlplane.istio.ParsedFile
 * resources and findings}; it never opens a file, never resolves a host name and never expands a
 * short name. The store above calls the reader; registry and translation read the records.
 *
 * <p>Conventions of the records: names are Istio's; collections are immutable and empty when
 * nothing was written; a component is {@link java.util.Optional} where Istio tells "absent" from
 * every value, because absence decides which default applies; everything that a later error or
 * decision may have to point at carries its {@link io.librarymesh.controlplane.istio.SourcePosition
 * position}. Records hold what was written: host names are neither lower-cased nor expanded. Only
 * spellings of one meaning are folded together (see each component).
 */
@NullMarked
package io.librarymesh.controlplane.istio;

import org.jspecify.annotations.NullMarked;
