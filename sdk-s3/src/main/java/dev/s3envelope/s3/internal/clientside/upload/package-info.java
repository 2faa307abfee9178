/**
 * Multipart uploads under client-side encryption: one upload is one message under one data key, its parts in any order and at the same time. No public
 * API; types are public for the clients.
 */
@NullMarked
package dev.s3envelope.s3.internal.clientside.upload;

import org.jspecify.annotations.NullMarked;
