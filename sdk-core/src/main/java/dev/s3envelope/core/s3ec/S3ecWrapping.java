package dev.s3envelope.core.s3ec;

/** How the data key of an S3 Encryption Client object is wrapped. Older wrappings (plain {@code kms}, {@code AESWrap}, RSA-OAEP with SHA-256) mark a
 * {@linkplain S3ecFormat#V2_LEGACY legacy} object. Source: {@code s3-encryption/data-format/content-metadata.md}. */
public enum S3ecWrapping {
    /** A local AES key: IV 12, wrapped key 32, tag 16; the suite's name is the additional authenticated data. */
    AES_GCM("AES/GCM", "02"),
    /** An AWS KMS key; the KMS encryption context names the suite. */
    KMS_CONTEXT("kms+context", "12"),
    /** A local RSA key, OAEP with SHA-1 and MGF1-SHA-1 over length, key and suite name. */
    RSA_OAEP_SHA1("RSA-OAEP-SHA1", "22");

    private final String v2Name;
    private final String v3Name;

    S3ecWrapping(String v2Name, String v3Name) {
        this.v2Name = v2Name;
        this.v3Name = v3Name;
    }

    /** The value of {@code x-amz-wrap-alg} in V2 metadata. */
    public String v2Name() {
        return v2Name;
    }

    /** The value of {@code x-amz-w} in V3 metadata: two digits. */
    public String v3Name() {
        return v3Name;
    }
}
