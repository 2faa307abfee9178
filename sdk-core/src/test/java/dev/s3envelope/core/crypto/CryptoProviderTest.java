package dev.s3envelope.core.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.MacSpi;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

class CryptoProviderTest {
    @Test
    void jdkProvider_passesItsSelfTest_andIsTheDefaultWithoutCorretto() {
        assertEquals("SunJCE", CryptoProvider.jdk().provider().getName());
        assertEquals("SunJCE", CryptoProvider.detect().provider().getName());
        assertTrue(CryptoProvider.jdk().toString().startsWith("SunJCE "));
    }

    @Test
    void explicitProvider_isUsedWithoutBeingRegistered() {
        Provider[] before = Security.getProviders();
        Provider bouncyCastle = new BouncyCastleProvider();
        CryptoProvider chosen = CryptoProvider.of(bouncyCastle);
        assertSame(bouncyCastle, chosen.provider());
        assertSame(bouncyCastle, chosen.aesGcm().getProvider());
        assertSame(bouncyCastle, chosen.mac("HmacSHA512").getProvider());
        assertSame(bouncyCastle, chosen.digest("SHA-256").getProvider());
        assertArrayEquals(before, Security.getProviders());
    }

    @Test
    void whatTheProviderLacks_comesFromTheJdk() throws Exception {
        CryptoProvider sunJce = CryptoProvider.jdk();
        assertEquals("SUN", sunJce.digest("SHA-256").getProvider().getName());
        assertEquals("SHA384withECDSA", sunJce.signature("SHA384withECDSA").getAlgorithm());
        assertEquals("EC", sunJce.keyFactory("EC").getAlgorithm());
        assertThrows(EnvelopeException.class, () -> sunJce.digest("NO-SUCH-DIGEST"));
        assertThrows(EnvelopeException.class, () -> sunJce.mac("NoSuchMac"));
    }

    @Test
    void providerWithoutAesGcm_isRefused() {
        assertThrows(EnvelopeException.class, () -> CryptoProvider.of(new Provider("Empty", "1", "nothing") {}));
    }

    @Test
    void providerWithAWrongHmac_isRefused() {
        EnvelopeException refusal = assertThrows(EnvelopeException.class, () -> CryptoProvider.of(new WrongHmac()));
        assertTrue(String.valueOf(refusal.getMessage()).contains("HMAC-SHA-512"), refusal.getMessage());
    }

    @Test
    void warmUp_runsOnTheGivenExecutor() {
        List<Runnable> tasks = new ArrayList<>();
        CryptoProvider.jdk().warmUp(tasks::add);
        assertEquals(1, tasks.size());
        tasks.get(0).run();
    }

    /** BouncyCastle's AES with a MAC that always answers zeros. */
    public static final class WrongHmac extends Provider {
        private static final long serialVersionUID = 1L;

        public WrongHmac() {
            super("Wrong", "1", "a broken provider");
            put("Cipher.AES/GCM/NoPadding", "org.bouncycastle.jcajce.provider.symmetric.AES$GCM");
            put("Mac.HmacSHA512", Zeros.class.getName());
        }
    }

    /** Answers zeros whatever the key. */
    public static final class Zeros extends MacSpi {
        @Override
        protected int engineGetMacLength() {
            return 64;
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec params) {}

        @Override
        protected void engineUpdate(byte input) {}

        @Override
        protected void engineUpdate(byte[] input, int offset, int len) {}

        @Override
        protected byte[] engineDoFinal() {
            return new byte[64];
        }

        @Override
        protected void engineReset() {}
    }
}
