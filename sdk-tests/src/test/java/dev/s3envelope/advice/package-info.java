/** Policy advice tried out on LocalAws. */
@NullMarked
package dev.s3envelope.advice;

import org.jspecify.annotations.NullMarked;
