/**
 * What the public types of {@code dev.s3envelope.s3} are made of: the treatment of every operation, the transformation of a
 * request, and the choice of keys for a read. Not an API; it changes without notice.
 */
@NullMarked
package dev.s3envelope.s3.internal;

import org.jspecify.annotations.NullMarked;
