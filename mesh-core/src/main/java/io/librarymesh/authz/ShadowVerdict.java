package io.librarymesh.authz;

/**
 * What policies would have decided that are tried out.
 *
 * @param prefix which ones, such as {@code istio_dry_run_deny_}
 * @param policy the one that matched; empty: none
 */
public record ShadowVerdict(String prefix, boolean allowed, String policy) {}
