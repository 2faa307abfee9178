package dev.s3envelope.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The JDK's certificate authorities and those of a PEM file, as {@code --ca-bundle} asks for. */
final class Trust {
    private Trust() {}

    /**
     * Trust managers that accept what either set vouches for.
     *
     * @throws UsageProblem if the file holds no certificate
     */
    static TrustManager[] with(Path pem) throws IOException {
        try {
            KeyStore merged = KeyStore.getInstance(KeyStore.getDefaultType());
            merged.load(null, null);
            int count = 0;
            for (X509Certificate trusted : x509(null).getAcceptedIssuers()) {
                merged.setCertificateEntry("jdk-" + count++, trusted);
            }
            Collection<? extends Certificate> added;
            try (InputStream in = Files.newInputStream(pem)) {
                added = CertificateFactory.getInstance("X.509").generateCertificates(in);
            }
            if (added.isEmpty()) {
                throw new UsageProblem("the CA bundle " + pem + " holds no PEM certificate");
            }
            for (Certificate each : added) {
                merged.setCertificateEntry("bundle-" + count++, each);
            }
            return new TrustManager[] {x509(merged)};
        } catch (GeneralSecurityException e) {
            throw new UsageProblem("the CA bundle " + pem + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager x509(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509TrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("this JDK has no X.509 trust manager");
    }
}
