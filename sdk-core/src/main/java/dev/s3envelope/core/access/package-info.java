/**
 * Whether a request passes the two gates in front of an object, as far as is known, and what that knowledge rests on.
 *
 * <p>Here a verdict describes AWS as it answered, or would answer, a live request; {@link dev.s3envelope.core.iam} decides the same question from policy
 * documents. Everything here is immutable, thread-safe and free of I/O.
 */
@NullMarked
package dev.s3envelope.core.access;

import org.jspecify.annotations.NullMarked;
