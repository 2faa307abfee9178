/** The STS service of LocalAws. */
@NullMarked
package dev.s3envelope.local.internal.sts;

import org.jspecify.annotations.NullMarked;
