/**
 * The clients: the AWS SDK's own interfaces for S3, synchronous, asynchronous and presigning, over any client of the caller's, with
 * an encryption mode per object, the right key for each write, and reads that find the key of each object.
 */
@NullMarked
package dev.s3envelope.s3;

import org.jspecify.annotations.NullMarked;
