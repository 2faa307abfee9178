/** How a PutObject or GetObject of either client goes out and its answer comes in: in one request, or a large object in pieces. Not an API; it changes without notice. */
@NullMarked
package dev.s3envelope.s3.internal.transfer;

import org.jspecify.annotations.NullMarked;
