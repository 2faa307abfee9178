package dev.s3envelope.core.crypto;

import dev.s3envelope.core.EnvelopeException;
import java.lang.reflect.Field;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where AES-GCM and HMAC come from, chosen once per client and proved to work before it is used.
 *
 * <p>{@link #detect()} takes the Amazon Corretto Crypto Provider (ACCP) when its jar is on the class path and loads on this
 * platform, else the JDK's SunJCE. {@link #of(Provider)} takes the one given, for example bc-fips. In every case a known-answer
 * test (AES-256-GCM both ways, a changed tag refused, HMAC-SHA-512, HKDF) runs in the factory method, in about a
 * millisecond; a provider that fails it is refused. Providers are asked by instance: the JVM-wide order is neither read for
 * AES-GCM and HMAC nor changed. Digests, signatures and RSA come from the same provider where it has them, else from the
 * JDK's defaults.
 *
 * <p>Immutable and safe for use by several threads. What its methods return is not: one {@code Cipher} per worker.
 */
public final class CryptoProvider {
    private static final Logger LOG = LoggerFactory.getLogger(CryptoProvider.class);
    private static final String ACCP = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
    private static final String AES_GCM = "AES/GCM/NoPadding";

    private final Provider provider;

    private CryptoProvider(Provider provider) {
        this.provider = provider;
    }

    /**
     * Returns the fastest provider at hand: ACCP if present and healthy, else the JDK's.
     *
     * @throws EnvelopeException if the chosen provider fails its known-answer test
     */
    public static CryptoProvider detect() {
        return corretto().map(CryptoProvider::of).orElseGet(CryptoProvider::jdk);
    }

    /**
     * Returns the JDK's own provider, SunJCE.
     *
     * @throws EnvelopeException if it fails its known-answer test
     */
    public static CryptoProvider jdk() {
        Provider sun = Security.getProvider("SunJCE");
        if (sun != null) {
            return of(sun);
        }
        try {
            return of(Cipher.getInstance(AES_GCM).getProvider());
        } catch (GeneralSecurityException e) {
            throw new EnvelopeException(
                    "This JVM has no AES-GCM: neither SunJCE nor another registered provider offers " + AES_GCM
                            + ". Pass a java.security.Provider that does.",
                    e);
        }
    }

    /**
     * Returns exactly this provider, which need not be registered with the JVM.
     *
     * @throws EnvelopeException if it lacks AES-GCM or HMAC, or fails its known-answer test
     */
    public static CryptoProvider of(Provider provider) {
        CryptoProvider chosen = new CryptoProvider(provider);
        SelfTest.run(chosen);
        return chosen;
    }

    /** Returns the JCA provider behind this choice. */
    public Provider provider() {
        return provider;
    }

    /** Returns a new AES-GCM cipher, not yet initialised. For one thread. */
    public Cipher aesGcm() {
        try {
            return Cipher.getInstance(AES_GCM, provider);
        } catch (GeneralSecurityException e) {
            throw unusable(this, AES_GCM, e);
        }
    }

    /** Returns a new cipher of this transformation, from this provider if it has it, else from the JVM's defaults. */
    public Cipher cipher(String transformation) throws GeneralSecurityException {
        try {
            return Cipher.getInstance(transformation, provider);
        } catch (NoSuchAlgorithmException e) {
            return Cipher.getInstance(transformation);
        }
    }

    /** Returns a new message digest, from this provider if it has it, else from the JVM's defaults. */
    public MessageDigest digest(String algorithm) {
        try {
            return has("MessageDigest", algorithm)
                    ? MessageDigest.getInstance(algorithm, provider)
                    : MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException e) {
            throw unusable(this, algorithm, e);
        }
    }

    /** Returns a new signature object, from this provider if it has it, else from the JVM's defaults. */
    public Signature signature(String algorithm) throws GeneralSecurityException {
        return has("Signature", algorithm)
                ? Signature.getInstance(algorithm, provider)
                : Signature.getInstance(algorithm);
    }

    /** Returns a key factory, from this provider if it has it, else from the JVM's defaults. */
    public KeyFactory keyFactory(String algorithm) throws GeneralSecurityException {
        return has("KeyFactory", algorithm)
                ? KeyFactory.getInstance(algorithm, provider)
                : KeyFactory.getInstance(algorithm);
    }

    /** Returns a new HMAC, for example {@code HmacSHA512}, not yet initialised. For one thread. */
    public Mac mac(String algorithm) {
        try {
            return Mac.getInstance(algorithm, provider);
        } catch (GeneralSecurityException e) {
            throw unusable(this, algorithm, e);
        }
    }

    /**
     * Brings AES-GCM to speed on a background daemon thread, so that the first large message need not wait for the JIT compiler.
     * Costs about 0.1 s of CPU time, once. Returns at once; failures are logged and otherwise without effect.
     */
    public void warmUpInBackground() {
        warmUp(task -> {
            Thread thread = new Thread(task, "s3-envelope-crypto-warm-up");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /** As {@link #warmUpInBackground()}, on an executor of the caller's. */
    public void warmUp(Executor executor) {
        executor.execute(() -> {
            try {
                WarmUp.run(this);
            } catch (RuntimeException e) {
                LOG.debug("Warming up {} stopped early", provider.getName(), e);
            }
        });
    }

    @Override
    public String toString() {
        return provider.getName() + " " + provider.getVersionStr();
    }

    static EnvelopeException unusable(CryptoProvider provider, String what, GeneralSecurityException cause) {
        return new EnvelopeException(
                "The crypto provider " + provider + " failed at " + what
                        + ". Choose another java.security.Provider, or none to use the JDK's.",
                cause);
    }

    private boolean has(String type, String algorithm) {
        return provider.getService(type, algorithm) != null;
    }

    /** Found by name, so that ACCP stays an optional dependency. */
    private static Optional<Provider> corretto() {
        try {
            Class<?> type = Class.forName(ACCP, true, CryptoProvider.class.getClassLoader());
            Field instance = type.getField("INSTANCE");
            Provider accp = (Provider) instance.get(null);
            if (type.getMethod("getLoadingError").invoke(accp) instanceof Throwable error) {
                LOG.info("Amazon Corretto Crypto Provider does not load here; using the JDK's provider", error);
                return Optional.empty();
            }
            return Optional.of(accp);
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.info("Amazon Corretto Crypto Provider is present but not usable; using the JDK's provider", e);
            return Optional.empty();
        }
    }
}
