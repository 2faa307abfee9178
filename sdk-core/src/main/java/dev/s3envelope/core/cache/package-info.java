/**
 * The data-key cache: the client-side counterpart of S3 Bucket Keys. It stands in front of any keyring, so that KMS is asked once per scope
 * and window instead of once per object.
 */
@NullMarked
package dev.s3envelope.core.cache;

import org.jspecify.annotations.NullMarked;
