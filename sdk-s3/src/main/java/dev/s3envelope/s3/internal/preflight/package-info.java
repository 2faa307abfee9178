/** The preflight of reads and writes: what an object is under, what KMS says of it, and who is turned away. No public type of the library is here. */
@NullMarked
package dev.s3envelope.s3.internal.preflight;

import org.jspecify.annotations.NullMarked;
