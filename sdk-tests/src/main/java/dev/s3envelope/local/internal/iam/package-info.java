/** Accounts, principals, credentials and the two gates of LocalAws. */
@NullMarked
package dev.s3envelope.local.internal.iam;

import org.jspecify.annotations.NullMarked;
