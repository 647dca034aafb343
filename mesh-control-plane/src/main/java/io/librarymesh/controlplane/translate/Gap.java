package io.librarymesh.controlplane.translate;

/**
 * Something that is configured and that a client does not do, without saying so itself.
 *
 * @param feature the field of Envoy's API, or the kind of resource, that the client passes over
 * @param effect what happens instead
 * @param where what asks for it, as {@code FILE:LINE} where that is known, else the resource's name
 */
public record Gap(String feature, String effect, String where) {}
