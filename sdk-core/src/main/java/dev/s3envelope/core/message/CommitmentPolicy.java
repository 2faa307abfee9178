package dev.s3envelope.core.message;

/** Which algorithm suites a reader accepts. Writers always commit to the key. */
public enum CommitmentPolicy {
    /** Only suites with key commitment: 0x0478 and 0x0578. The default. */
    REQUIRE,
    /**
     * Also the nine suites of message version 1, which do not commit to the key. Whoever knows two data keys can craft a message that
     * opens under both with different plaintexts; allow it for archives of trusted origin only.
     */
    ALLOW_NON_COMMITTING
}
