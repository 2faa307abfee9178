/** The KMS service of LocalAws. */
@NullMarked
package dev.s3envelope.local.internal.kms;

import org.jspecify.annotations.NullMarked;
