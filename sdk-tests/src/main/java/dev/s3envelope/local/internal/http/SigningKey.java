package dev.s3envelope.local.internal.http;

import dev.s3envelope.local.internal.iam.Credential;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that signs for one credential, day, Region and service. */
final class SigningKey {
    private final SecretKeySpec key;

    private SigningKey(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /** Hexadecimal HMAC-SHA256 of a string to sign. */
    String sign(String text) {
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        return hmac(new SecretKeySpec(key, "HmacSHA256"), text);
    }

    /** Derived keys of recent requests; bounded, thread-safe. */
    static final class Cache {
        private static final int LIMIT = 1024;
        private final Map<Scope, SigningKey> keys = new ConcurrentHashMap<>();

        SigningKey of(Credential credential, SignatureFields fields) {
            if (keys.size() > LIMIT) {
                keys.clear();
            }
            Scope scope = new Scope(credential.secretAccessKey(), fields.date(), fields.region(), fields.service());
            return keys.computeIfAbsent(scope, Cache::derive);
        }

        private static SigningKey derive(Scope scope) {
            byte[] secret = ("AWS4" + scope.secret()).getBytes(StandardCharsets.UTF_8);
            byte[] service = hmac(hmac(hmac(secret, scope.date()), scope.region()), scope.service());
            return new SigningKey(hmac(service, "aws4_request"));
        }

        private record Scope(String secret, String date, String region, String service) {
            @Override
            public String toString() {
                return "Scope[" + date + "/" + region + "/" + service + "]";
            }
        }
    }
}
