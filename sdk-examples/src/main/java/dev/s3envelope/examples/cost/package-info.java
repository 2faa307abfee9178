/** {@code envelope cost}: what a mode asks of KMS, against quota and price. The arithmetic is held against calls counted on LocalAws by a test. */
@NullMarked
package dev.s3envelope.examples.cost;

import org.jspecify.annotations.NullMarked;
