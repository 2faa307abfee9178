package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The key of an SSE-C request, checked as S3 checks the three headers. It lives as long as its request; never stored. */
final class CustomerKey implements AutoCloseable {
    static final String PREFIX = "x-amz-server-side-encryption-customer-";
    static final String COPY_SOURCE_PREFIX = "x-amz-copy-source-server-side-encryption-customer-";
    private static final String HEADER = "x-amz-server-side-encryption";
    private static final String SUBJECT =
            "Requests specifying Server Side Encryption with Customer provided keys must ";

    private final byte[] key;
    private final String md5;

    private CustomerKey(byte[] key, String md5) {
        this.key = key;
        this.md5 = md5;
    }

    /** Null when none of the three headers is there. */
    static @Nullable CustomerKey of(S3Request request, String prefix, boolean loopbackWithoutTls) {
        String algorithm = request.header(prefix + "algorithm");
        String encoded = request.header(prefix + "key");
        String md5 = request.header(prefix + "key-md5");
        if (algorithm == null && encoded == null && md5 == null) {
            return null;
        }
        if (!request.call().secure()
                && !(loopbackWithoutTls && request.call().remoteAddress().isLoopbackAddress())) {
            throw S3Errors.request(SUBJECT + "be made over a secure connection.");
        }
        String sse = request.header(HEADER);
        if (sse != null && prefix.equals(PREFIX)) {
            throw S3Errors.argument(
                    HEADER,
                    sse,
                    "Server Side Encryption with Customer provided key is incompatible with the encryption method"
                            + " specified");
        }
        if (algorithm == null) {
            throw invalid(SUBJECT + "provide a valid encryption algorithm.");
        }
        if (!algorithm.equals("AES256")) {
            throw new AwsError(
                    400,
                    "InvalidEncryptionAlgorithmError",
                    "The Encryption request you specified is not valid. Supported value: AES256.");
        }
        if (encoded == null) {
            throw invalid(SUBJECT + "provide an appropriate secret key.");
        }
        if (md5 == null) {
            throw invalid(SUBJECT + "provide the client calculated MD5 of the secret key.");
        }
        return checked(encoded, md5);
    }

    private static CustomerKey checked(String encoded, String md5) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw invalid("The secret key was invalid for the specified algorithm.");
        }
        if (key.length != 32) {
            throw invalid("The secret key was invalid for the specified algorithm.");
        }
        String computed = Base64.getEncoder()
                .encodeToString(ChecksumAlgorithm.digest("MD5").digest(key));
        if (!MessageDigest.isEqual(
                computed.getBytes(StandardCharsets.US_ASCII), md5.getBytes(StandardCharsets.UTF_8))) {
            throw invalid("The calculated MD5 hash of the key did not match the hash that was provided.");
        }
        return new CustomerKey(key, computed);
    }

    private static AwsError invalid(String message) {
        return S3Errors.argument(HEADER, "null", message);
    }

    String md5() {
        return md5;
    }

    /** What a store keeps to recognise this key: an HMAC of it under a fresh salt. */
    Sealed.Customer recognition(SecureRandom random) {
        byte[] salt = new byte[32];
        random.nextBytes(salt);
        return new Sealed.Customer(md5, encode(salt), encode(hmac(salt)));
    }

    boolean matches(Sealed.Customer customer) {
        byte[] salt = Base64.getDecoder().decode(customer.salt());
        return MessageDigest.isEqual(hmac(salt), Base64.getDecoder().decode(customer.verifier()));
    }

    /** The data key of an object: derived, so that the customer's key itself encrypts nothing else. */
    ObjectKeys dataKey(Sealed.Customer customer) {
        return new ObjectKeys(hmac(("data key " + customer.salt()).getBytes(StandardCharsets.UTF_8)));
    }

    private byte[] hmac(byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public void close() {
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public String toString() {
        return "CustomerKey[md5=" + md5 + "]";
    }
}
