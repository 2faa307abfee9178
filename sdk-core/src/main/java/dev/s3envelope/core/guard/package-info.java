/**
 * The right key for a write: whose bucket, whose key, whose request, and which forms of naming a key are safe among them.
 * Nothing here does I/O; what must be asked of AWS comes through small ports.
 */
@NullMarked
package dev.s3envelope.core.guard;

import org.jspecify.annotations.NullMarked;
