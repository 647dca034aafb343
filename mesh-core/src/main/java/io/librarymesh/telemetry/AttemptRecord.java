package io.librarymesh.telemetry;

import io.librarymesh.config.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call, for observers.
 *
 * @param endpoint where it went; null when it went to where its URL points
 * @param status the upstream's status, or 0 when there was no answer
 * @param result {@code response}, or the failure in lower case such as {@code connect_failure} or
 *     {@code timeout}; {@code overtaken} when another attempt beside it ended the call
 * @param durationNanos from sending to the response head or the failure
 */
public record AttemptRecord(
    @Nullable Endpoint endpoint, int status, String result, long durationNanos) {}
