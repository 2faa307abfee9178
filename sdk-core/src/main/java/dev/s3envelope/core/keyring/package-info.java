/**
 * Keyrings make and unwrap data keys; they know nothing of S3 or of message bodies. Raw AES and raw RSA keyrings work without
 * any network; a KMS keyring and a data-key cache implement the same interface elsewhere.
 */
@NullMarked
package dev.s3envelope.core.keyring;

import org.jspecify.annotations.NullMarked;
