package io.librarymesh.server;

import io.librarymesh.authz.InboundEngine;
import io.librarymesh.config.InboundListener.Mode;

/**
 * What holds at a port at one moment. Immutable.
 *
 * @param engine judges requests, or connections where requests are not known
 */
public record InboundRules(Mode mode, InboundEngine engine) {}
