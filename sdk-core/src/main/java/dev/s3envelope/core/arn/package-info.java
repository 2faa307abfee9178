/**
 * Names of things in AWS, parsed strictly: KMS keys and aliases in the four forms a request may carry, account ids, S3
 * objects. Every value here is immutable, and its {@code toString} is the text AWS itself uses.
 */
@NullMarked
package dev.s3envelope.core.arn;

import org.jspecify.annotations.NullMarked;
