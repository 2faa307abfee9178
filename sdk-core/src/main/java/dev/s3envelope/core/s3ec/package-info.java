/**
 * The object formats of the Amazon S3 Encryption Client: V3 (suite 0x0073, key commitment) written and read, V2 with AES-GCM (suite 0x0072)
 * read, the older ones recognised so that they can be refused or handed on. Nothing here talks to AWS: metadata goes in and out as maps,
 * bytes as arrays. One tag at the end covers the whole object, so a reader gets a {@link dev.s3envelope.core.s3ec.VerifiedPlaintext} or
 * nothing. Normative source: the {@code s3-encryption} chapters of the AWS Encryption SDK specification.
 */
@NullMarked
package dev.s3envelope.core.s3ec;

import org.jspecify.annotations.NullMarked;
