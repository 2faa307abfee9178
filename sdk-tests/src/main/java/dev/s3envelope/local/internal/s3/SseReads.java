package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import org.jspecify.annotations.Nullable;

/** What a read must and must not say about encryption. */
final class SseReads {
    private SseReads() {}

    /**
     * The customer key of a read, checked against the object. Refuses encryption headers that belong on writes, keys that are
     * missing or not the right one, and keys for an object that has none.
     */
    static @Nullable CustomerKey check(S3Request request, Sealed sealed, boolean loopbackWithoutTls) {
        for (String header : new String[] {
            EncryptionChoice.SSE, EncryptionChoice.KEY_ID, EncryptionChoice.CONTEXT, EncryptionChoice.BUCKET_KEY
        }) {
            String value = request.header(header);
            if (value != null) {
                throw S3Errors.argument(header, value, header + " header is not supported for this operation.");
            }
        }
        CustomerKey key = CustomerKey.of(request, CustomerKey.PREFIX, loopbackWithoutTls);
        check(sealed, key);
        return key;
    }

    /** Refuses a key that does not fit; {@code key} is closed on refusal. */
    static void check(Sealed sealed, @Nullable CustomerKey key) {
        Sealed.Customer customer = sealed.customer();
        if (customer == null) {
            if (key != null) {
                key.close();
                throw S3Errors.request("The encryption parameters are not applicable to this object.");
            }
            return;
        }
        if (key == null) {
            throw S3Errors.request(
                    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided"
                            + " to retrieve the object.");
        }
        if (!key.matches(customer)) {
            key.close();
            throw new AwsError(
                    403,
                    "AccessDenied",
                    "Requests specifying Server Side Encryption with Customer provided keys must provide the correct"
                            + " secret key.");
        }
    }
}
