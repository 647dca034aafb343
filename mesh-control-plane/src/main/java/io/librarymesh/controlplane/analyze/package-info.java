/**
 * Finds what is valid and yet not what its author can have meant: rules that are never reached,
 * that nobody sees, that lose against others, and limits that never bite.
 *
 * <p>Takes a {@link io.librarymesh.controlplane.translate.PushContext}, asks it what clients of
 * each namespace find there, and returns {@link io.librarymesh.controlplane.analyze.Diagnosis
 * diagnoses}. Each kind of diagnosis has a {@link io.librarymesh.controlplane.analyze.Code} and a
 * small class of its own, and stands with an example in {@code docs/analyze.md}.
 *
 * <p>Nothing in here keeps state, waits or logs. No diagnosis keeps a file from being in force.
 */
@NullMarked
package io.librarymesh.controlplane.analyze;

import org.jspecify.annotations.NullMarked;
