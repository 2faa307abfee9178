package dev.s3envelope.examples.cost;

/**
 * Requests to KMS by operation, all of them counted against the quota of symmetric cryptographic operations.
 *
 * @param generateDataKey for writes
 * @param decryptToWrite for parts of uploads
 * @param generateMac for writes and reads
 * @param decryptToRead for reads
 * @param writing those of the above that belong to writing
 */
record KmsRequests(long generateDataKey, long decryptToWrite, long generateMac, long decryptToRead, long writing) {
    static final KmsRequests NONE = new KmsRequests(0, 0, 0, 0, 0);

    long total() {
        return generateDataKey + decryptToWrite + generateMac + decryptToRead;
    }

    long reading() {
        return total() - writing;
    }

    /** In the currency of the price, without anything that is free. */
    double cost(double pricePer10000) {
        return total() / 10_000.0 * pricePer10000;
    }
}
