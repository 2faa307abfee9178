/**
 * Advice on policies: {@link dev.s3envelope.core.advice.KeyPolicyAdvisor} gives the least that lets a principal do a task. Pure: nothing here
 * asks AWS; decisions come from {@link dev.s3envelope.core.iam}.
 */
@NullMarked
package dev.s3envelope.core.advice;

import org.jspecify.annotations.NullMarked;
