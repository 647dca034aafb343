/**
 * The keys by which tokens are verified, fetched for rules that say only where they are: from a URI
 * or by an issuer's own configuration (OpenID Connect Discovery). Takes rules, returns {@link
 * KeySets}; knows nothing of who is served them.
 *
 * <p>Whoever writes a rule makes the control plane call an address, so what is called is guarded.
 * Without keys nobody is let in: there is no key that stands in for one that could not be fetched.
 *
 * <p>Source: Istio {@code pilot/pkg/model/jwks_resolver.go}.
 */
@NullMarked
package io.librarymesh.controlplane.keys;

import org.jspecify.annotations.NullMarked;
