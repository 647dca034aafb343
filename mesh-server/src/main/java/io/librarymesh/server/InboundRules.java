package io.librarymesh.server;

import io.librarymesh.authz.InboundEngine;

/**
 * What holds at a port at one moment. Immutable.
 *
 * @param engine judges requests, or connections where requests are not known
 */
public record InboundRules(TlsMode mode, InboundEngine engine) {}
