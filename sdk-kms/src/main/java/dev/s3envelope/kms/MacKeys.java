package dev.s3envelope.kms;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * What a {@link KmsMacKeySource} derives from, whoever asks.
 *
 * @param source the name of the source
 * @param byVersion the KMS key from each version on
 * @param version the one that writes
 * @param buckets which bucket another one's objects are derived as
 * @param crypto where HMAC comes from
 * @param macs what KMS answered
 */
record MacKeys(
        String source,
        NavigableMap<Integer, KeyArn> byVersion,
        int version,
        Map<String, String> buckets,
        CryptoProvider crypto,
        MacCache macs) {
    MacKeys atVersion(int wanted) {
        return new MacKeys(source, byVersion, wanted, buckets, crypto, macs);
    }

    /** The object by the name its key is derived from. */
    ObjectAddress derived(ObjectAddress object) {
        String bucket = buckets.getOrDefault(object.bucket(), object.bucket());
        if (bucket.startsWith("arn:") || bucket.endsWith("-s3alias") || bucket.endsWith("--ol-s3")) {
            throw new IllegalEncryptionException("SSE-C key source " + source
                    + " derives keys from the bucket's name, and " + bucket
                    + " is an access point. Use the bucket's name, or say which bucket it stands for (bucketAs).");
        }
        return new ObjectAddress(bucket, object.key());
    }

    /** The MACs that may have to do with a bucket: of the version that writes, then of all before. */
    List<MacCache.Id> macs(Optional<String> principal, String bucket) {
        List<MacCache.Id> ids = new ArrayList<>();
        for (int each = version; each >= byVersion.firstKey(); each--) {
            ids.add(new MacCache.Id(principal, byVersion.floorEntry(each).getValue(), each, bucket));
        }
        return ids;
    }

    /** Names, version and keys; nothing secret. */
    @Override
    public String toString() {
        return source + ", version " + version + ", keys " + byVersion + ", " + macs;
    }
}
