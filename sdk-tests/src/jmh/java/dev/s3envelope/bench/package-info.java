/** Benchmarks, compiled and run with the profile {@code bench}; the command and the results are in docs/performance.md. */
@NullMarked
package dev.s3envelope.bench;

import org.jspecify.annotations.NullMarked;
