package dev.s3envelope.core.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.WatchedProvider;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.MacSpi;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "ENCRYPTION, AES-256-GCM encryption",
        "DECRYPTION, AES-256-GCM decryption",
        "TAG, refusing a changed AES-GCM tag",
        "LONG_KEYED_MAC, HKDF-SHA-512",
    })
    void providerThatIsWrong_isRefusedByTheSelfTest(WatchedProvider.Fault fault, String what) {
        WatchedProvider wrong = new WatchedProvider().with(fault);
        Refused.by(EnvelopeException.class, () -> CryptoProvider.of(wrong), "Watched 1", "(" + what + ")");
    }

    @Test
    void providerThatFails_isRefusedByTheSelfTest() {
        WatchedProvider failing = new WatchedProvider();
        failing.failAfter(1);
        Refused.by(EnvelopeException.class, () -> CryptoProvider.of(failing), "Watched 1", "its self-test");
    }

    @Test
    void whatTheProviderHas_comesFromIt() throws Exception {
        Provider bouncyCastle = new BouncyCastleProvider();
        CryptoProvider chosen = CryptoProvider.of(bouncyCastle);
        assertSame(bouncyCastle, chosen.signature("SHA384withECDSA").getProvider());
        assertSame(bouncyCastle, chosen.keyFactory("EC").getProvider());
        assertSame(bouncyCastle, chosen.cipher("RSA/ECB/OAEPPadding").getProvider());

        CryptoProvider few = new WatchedProvider().choose();
        assertEquals("Watched", few.cipher("AES/CTR/NoPadding").getProvider().getName());
        assertEquals("SunJCE", few.cipher("AES/CBC/NoPadding").getProvider().getName());
        assertEquals("SunEC", few.signature("SHA384withECDSA").getProvider().getName());
        assertEquals("SunEC", few.keyFactory("EC").getProvider().getName());
        assertThrows(NoSuchAlgorithmException.class, () -> few.cipher("NO/SUCH/CIPHER"));
        assertThrows(NoSuchAlgorithmException.class, () -> few.signature("NoSuchSignature"));
    }

    @Test
    void warmUp_runsInTheBackground() throws Exception {
        WatchedProvider watched = new WatchedProvider();
        CryptoProvider provider = watched.choose();
        Thread starter = new Thread(provider::warmUpInBackground);
        starter.setDaemon(false); // which a thread inherits
        starter.start();
        Thread thread = watched.makers().poll(60, TimeUnit.SECONDS);
        assertTrue(thread != null && thread != Thread.currentThread() && thread.isDaemon());
        assertEquals("s3-envelope-crypto-warm-up", thread.getName());
        thread.join();
        assertEquals(10_000, watched.keysSeen().size());
    }

    @Test
    void warmUp_encryptsAndDecrypts_untilItIsInterruptedOrFails() {
        WatchedProvider watched = new WatchedProvider();
        CryptoProvider provider = watched.choose();
        WarmUp.run(provider);
        assertEquals(10_000, watched.keysSeen().size());
        watched.forget();
        Thread.currentThread().interrupt();
        try {
            WarmUp.run(provider);
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertTrue(watched.keysSeen().isEmpty());
        watched.failAfter(5);
        Refused.by(EnvelopeException.class, () -> WarmUp.run(provider), "Watched 1", "warming up");
        provider.warmUp(Runnable::run); // fails too, without effect
        assertEquals(7, watched.keysSeen().size());
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
