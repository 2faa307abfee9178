/**
 * LocalAws: an embedded S3, KMS and STS with accounts, principals, both gates, an event log and faults; for tests and for trying
 * things out. {@link dev.s3envelope.local.LocalAws} is the entry point.
 */
@NullMarked
package dev.s3envelope.local;

import org.jspecify.annotations.NullMarked;
