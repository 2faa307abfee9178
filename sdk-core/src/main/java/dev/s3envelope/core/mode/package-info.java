/**
 * How one object is encrypted, as a value: the server-side modes of S3 with their parameters, each so built that a
 * combination S3 does not have cannot be expressed.
 */
@NullMarked
package dev.s3envelope.core.mode;

import org.jspecify.annotations.NullMarked;
