/** Finds out why a request was denied: reads errors as they come from the wrapped client, and asks further where that is allowed. */
@NullMarked
package dev.s3envelope.s3.internal.diagnosis;

import org.jspecify.annotations.NullMarked;
