package dev.s3envelope.core.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AlgorithmSuiteTest {
    @ParameterizedTest
    @EnumSource(CryptoAlgorithm.class)
    void everySuite_hasThePeersParameters(CryptoAlgorithm peer) {
        AlgorithmSuite ours = AlgorithmSuite.of(peer.getValue()).orElseThrow();
        assertEquals(peer.getValue(), ours.id());
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

    @ParameterizedTest
    @CsvSource({
        "0x0478, SHA_512, NONE",
        "0x0578, SHA_512, ECDSA_P384",
        "0x0378, SHA_384, ECDSA_P384",
        "0x0346, SHA_384, ECDSA_P384",
        "0x0214, SHA_256, ECDSA_P256",
        "0x0178, SHA_256, NONE",
        "0x0146, SHA_256, NONE",
        "0x0114, SHA_256, NONE",
        "0x0078, , NONE",
        "0x0046, , NONE",
        "0x0014, , NONE",
    })
    void everySuite_hasTheDerivationAndSignatureOfTheSpecification(
            String id, Hkdf.@Nullable Hash derivation, AlgorithmSuite.Signing signing) {
        AlgorithmSuite suite = AlgorithmSuite.of(Integer.decode(id)).orElseThrow();
        assertEquals(Optional.ofNullable(derivation), suite.keyDerivation());
        assertEquals(signing, suite.signing());
        assertEquals(id, suite.hexId());
    }

    @Test
    void unknownIds_haveNoSuite() {
        assertEquals(Optional.empty(), AlgorithmSuite.of(0));
        assertEquals(Optional.empty(), AlgorithmSuite.of(0x0073));
        assertEquals("0x0478", AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY.hexId());
        assertEquals(11, AlgorithmSuite.values().length);
    }
}
