/** Copies of objects that are encrypted on the client, or are to be: within S3 where the ciphertext may stay as it is, through the client where not. */
@NullMarked
package dev.s3envelope.s3.internal.clientside.copy;

import org.jspecify.annotations.NullMarked;
