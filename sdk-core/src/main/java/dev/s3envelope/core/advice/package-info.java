/**
 * Advice on policies: the least that lets a principal do a task ({@link dev.s3envelope.core.advice.KeyPolicyAdvisor}), whether given
 * documents let it ({@link dev.s3envelope.core.advice.PolicySimulator}), and the traps in them
 * ({@link dev.s3envelope.core.advice.PolicyLint}). Pure: nothing here asks AWS; decisions come from {@link dev.s3envelope.core.iam}.
 */
@NullMarked
package dev.s3envelope.core.advice;

import org.jspecify.annotations.NullMarked;
