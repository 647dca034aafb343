package io.librarymesh.telemetry;

import io.librarymesh.config.Endpoint;

/**
 * One attempt of a call, for observers.
 *
 * @param endpoint where it went
 * @param status the upstream's status, or 0 when there was no answer
 * @param result {@code response}, or the failure in lower case such as {@code connect_failure} or
 *     {@code timeout}
 * @param durationNanos from sending to the response head or the failure
 */
public record AttemptRecord(Endpoint endpoint, int status, String result, long durationNanos) {}
