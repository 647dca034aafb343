/**
 * Writes what people wrote in another way that means the same: old spellings in those of today, and
 * kinds of resources as others that say the same.
 *
 * <p>Takes the texts of files and returns texts and findings; it never opens a file. Spellings are
 * changed where they stand, character by character, so that comments and layout stay; a resource
 * that becomes another one is written anew. A resource is converted as a whole or stays as it was:
 * what the other form cannot say is a finding, never left out.
 */
@NullMarked
package io.librarymesh.controlplane.convert;

import org.jspecify.annotations.NullMarked;
