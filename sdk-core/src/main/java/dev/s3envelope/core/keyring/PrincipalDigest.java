package dev.s3envelope.core.keyring;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Names a principal for a cache by a digest of its credentials. Everything that makes up the credentials counts, the secret too: an access key id is no
 * secret, and whoever only knows it must not be taken for its owner. Used by one thread, once.
 */
public final class PrincipalDigest {
    private final MessageDigest digest;

    /** Of no credentials yet. */
    public PrincipalDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The digest of one set of credentials. */
    public static String of(AwsCredentialsIdentity identity) {
        return new PrincipalDigest().add("", identity).text();
    }

    /** Adds credentials and where they are used, such as a Region. */
    public PrincipalDigest add(String where, AwsCredentialsIdentity identity) {
        add(where);
        add(identity.accessKeyId());
        add(identity.secretAccessKey());
        add(identity instanceof AwsSessionCredentialsIdentity session ? session.sessionToken() : null);
        return this;
    }

    /** The digest, in hexadecimal. */
    public String text() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private void add(@Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        digest.update(
                ByteBuffer.allocate(4).putInt(text == null ? -1 : bytes.length).flip());
        digest.update(bytes);
    }
}
