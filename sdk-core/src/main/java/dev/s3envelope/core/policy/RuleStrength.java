package dev.s3envelope.core.policy;

/** What a rule does about a request that names a mode itself. */
public enum RuleStrength {
    /** A request that says otherwise is refused. */
    ENFORCE,
    /** An explicit request wins; the rule's mode is for requests that say nothing. */
    DEFAULT
}
