package dev.s3envelope.core.policy;

import java.util.Optional;

/**
 * What one rule had to say about an object.
 *
 * @param index the rule's place in the policy, from 0
 * @param rule the rule's name
 * @param mismatch why it did not match; empty if it matched, and so decided
 */
public record RuleTrace(int index, String rule, Optional<String> mismatch) {}
