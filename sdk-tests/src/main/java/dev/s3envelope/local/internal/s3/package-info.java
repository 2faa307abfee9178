/** The S3 service of LocalAws and its object stores. */
@NullMarked
package dev.s3envelope.local.internal.s3;

import org.jspecify.annotations.NullMarked;
