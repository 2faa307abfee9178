package dev.s3envelope.bench;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.security.Security;

/** The two JCA providers that are compared. */
public enum Jca {
    /** The JDK's own. */
    SUN,
    /** Amazon Corretto Crypto Provider. */
    ACCP;

    /**
     * Returns the provider for us, and puts it first in this JVM for the libraries that cannot be told which one to use.
     */
    CryptoProvider select() {
        if (this == SUN) {
            return CryptoProvider.jdk();
        }
        AmazonCorrettoCryptoProvider.INSTANCE.assertHealthy();
        Security.insertProviderAt(AmazonCorrettoCryptoProvider.INSTANCE, 1);
        return CryptoProvider.of(AmazonCorrettoCryptoProvider.INSTANCE);
    }
}
