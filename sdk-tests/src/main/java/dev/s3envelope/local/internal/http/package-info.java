/** The HTTP front end of LocalAws: requests and responses, signature verification, chunked bodies, routing by service. */
@NullMarked
package dev.s3envelope.local.internal.http;

import org.jspecify.annotations.NullMarked;
