package io.librarymesh.route;

import java.util.List;

/**
 * The hash of a request, by which hashing clusters choose a host.
 *
 * @param cookies what the caller is given to remember its hash by: values of {@code set-cookie}
 */
public record RequestHash(long value, List<String> cookies) {}
