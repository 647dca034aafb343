package io.librarymesh.route;

import org.jspecify.annotations.Nullable;

/**
 * What commands in the value of a header are evaluated against.
 *
 * @param response null while there is none
 */
record FormatContext(RequestHead request, @Nullable HeaderLookup response, StreamInfo info) {}
