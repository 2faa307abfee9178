package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.HttpCall;

/**
 * The bucket and key a request names, path style ({@code /bucket/key}) or virtual-host style
 * ({@code bucket.localhost}, {@code bucket.s3.localhost}, {@code bucket.s3.region.amazonaws.com}); empty where it names
 * none.
 */
record S3Address(String bucket, String key) {

    static S3Address of(HttpCall call) {
        String bucket = hostBucket(call.host());
        String path = call.path().substring(1);
        if (!bucket.isEmpty()) {
            return new S3Address(bucket, path);
        }
        int slash = path.indexOf('/');
        return slash < 0 ? new S3Address(path, "") : new S3Address(path.substring(0, slash), path.substring(slash + 1));
    }

    private static String hostBucket(String host) {
        int service = host.lastIndexOf(".s3.");
        if (service < 0) {
            service = host.lastIndexOf(".s3-");
        }
        if (service > 0) {
            return host.substring(0, service);
        }
        if (host.endsWith(".localhost") && !host.startsWith("s3.") && !host.startsWith("s3-")) {
            return host.substring(0, host.length() - ".localhost".length());
        }
        return "";
    }

    S3Operation.Scope scope() {
        return bucket.isEmpty()
                ? S3Operation.Scope.SERVICE
                : key.isEmpty() ? S3Operation.Scope.BUCKET : S3Operation.Scope.OBJECT;
    }
}
