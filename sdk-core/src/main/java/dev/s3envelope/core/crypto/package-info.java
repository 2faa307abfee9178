/**
 * The primitives below the message format: which JCA provider is used and why it can be trusted, the algorithm suites of the
 * AWS Encryption SDK message format, key derivation, and key material that can be destroyed. Nothing here performs I/O or
 * touches the JVM-wide order of security providers.
 */
@NullMarked
package dev.s3envelope.core.crypto;

import org.jspecify.annotations.NullMarked;
