package dev.s3envelope.s3.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.s3.internal.OperationTreatment.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TransformerTest {
    @Test
    void everyTransformedOperationHasAHandler_andNoOther() {
        Set<Class<?>> transformed = OperationTreatment.all().values().stream()
                .filter(treatment -> treatment.kind() == Kind.TRANSFORMED)
                .map(OperationTreatment::request)
                .collect(Collectors.toSet());
        RequestTransformer transformer = new RequestTransformer(new Surroundings(
                EncryptionPolicy.always(EncryptionMode.sseS3()),
                WriteGuard.builder().build(),
                Optional.empty(),
                Transport.TLS,
                List.of(),
                KeyExecutors.CALLER));
        assertEquals(transformed, transformer.handled());
        assertFalse(transformer.readsMayRepeat());
    }

    @Test
    void boundedForgetsTheEntryUsedLongestAgo() {
        Bounded<String, Integer> bounded = new Bounded<>(2);
        bounded.put("a", 1);
        bounded.put("b", 2);
        assertEquals(Optional.of(1), bounded.get("a"));
        bounded.put("c", 3);
        assertEquals(Optional.empty(), bounded.get("b"));
        assertEquals(Optional.of(1), bounded.get("a"));
        assertEquals(2, bounded.size());
    }

    @Test
    void headersNeverShowTheKey() {
        try (SseCKey key = SseCKey.of(new byte[32])) {
            ServerSideHeaders headers = ServerSideHeaders.customerKey(key);
            assertFalse(headers.toString().contains(key.keyBase64()));
            assertTrue(headers.headers().containsValue(key.keyBase64()));
        }
    }
}
