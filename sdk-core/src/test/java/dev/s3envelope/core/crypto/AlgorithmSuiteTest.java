package dev.s3envelope.core.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlgorithmSuiteTest {
    @ParameterizedTest
    @EnumSource(CryptoAlgorithm.class)
    void everySuite_hasThePeersParameters(CryptoAlgorithm peer) {
        AlgorithmSuite ours = AlgorithmSuite.of(peer.getValue()).orElseThrow();
        assertEquals(peer.getKeyLength(), ours.keyLength());
        assertEquals(peer.getMessageFormatVersion(), ours.messageVersion());
        assertEquals(peer.getMessageIdLength(), ours.messageIdLength());
        assertEquals(peer.isCommitting(), ours.committing());
        assertEquals(peer.getSuiteDataLength(), ours.commitmentLength());
        assertEquals(peer.isSafeToCache(), ours.cacheable());
        assertEquals(peer.getTrailingSignatureLength() > 0, ours.signed());
        assertEquals(peer.getNonceLen(), AlgorithmSuite.IV_LENGTH);
        assertEquals(peer.getTagLen(), AlgorithmSuite.TAG_LENGTH);
    }

    @Test
    void unknownIds_haveNoSuite() {
        assertEquals(Optional.empty(), AlgorithmSuite.of(0));
        assertEquals(Optional.empty(), AlgorithmSuite.of(0x0073));
        assertEquals("0x0478", AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY.hexId());
        assertEquals(11, AlgorithmSuite.values().length);
    }
}
