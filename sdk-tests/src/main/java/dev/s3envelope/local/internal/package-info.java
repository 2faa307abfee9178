/** What the services of LocalAws share. */
@NullMarked
package dev.s3envelope.local.internal;

import org.jspecify.annotations.NullMarked;
