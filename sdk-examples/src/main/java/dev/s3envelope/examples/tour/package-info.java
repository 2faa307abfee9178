/**
 * {@code envelope tour}: real files through every mode on LocalAws, then the traps around S3 and KMS, one class each. A scenario
 * states what AWS would answer and reports what was seen; nobody but the comparison of the two decides whether it passed.
 */
@NullMarked
package dev.s3envelope.examples.tour;

import org.jspecify.annotations.NullMarked;
