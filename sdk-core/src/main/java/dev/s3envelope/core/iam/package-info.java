/**
 * IAM policy evaluation for the two gates in front of an S3 object: the S3 gate and the KMS gate.
 *
 * <p>Documents are read with {@link dev.s3envelope.core.iam.PolicyDocument}, a question is an
 * {@link dev.s3envelope.core.iam.AccessRequest}, and {@link dev.s3envelope.core.iam.S3Gate} and
 * {@link dev.s3envelope.core.iam.KmsGate} answer it with an {@link dev.s3envelope.core.iam.Evaluation}: the decision, the statement
 * that decided, and AWS's own words for a denial. {@code explain} adds why each other statement did not apply. Everything
 * here is immutable, thread-safe and free of I/O.
 */
@NullMarked
package dev.s3envelope.core.iam;

import org.jspecify.annotations.NullMarked;
