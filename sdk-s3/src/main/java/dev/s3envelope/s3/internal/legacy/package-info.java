/**
 * Reads what only amazon-s3-encryption-client-java reads: its V1 and CBC objects and those with an instruction file. That library decrypts here and
 * does no I/O; it is on the class path of those applications only that ask for such reads.
 */
@NullMarked
package dev.s3envelope.s3.internal.legacy;

import org.jspecify.annotations.NullMarked;
