/** Micrometer meters of the cache, of KMS requests and of the clients. Micrometer is an optional dependency: applications that use this package add it. */
@NullMarked
package dev.s3envelope.s3.metrics;

import org.jspecify.annotations.NullMarked;
