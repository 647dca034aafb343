package io.librarymesh;

import io.librarymesh.random.RandomSource;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.time.Ticker;

/**
 * What calls take from outside, which a test replaces.
 *
 * @param configTimeoutNanos how long the first call to a target waits for its configuration
 */
record Seams(Ticker ticker, RandomSource random, MeshObserver observer, long configTimeoutNanos) {}
