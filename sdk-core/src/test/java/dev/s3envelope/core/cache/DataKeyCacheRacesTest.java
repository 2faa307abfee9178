package dev.s3envelope.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What another thread may do between two steps of the cache, done there for certain: by the listener or the clock, which the cache asks in between. */
final class DataKeyCacheRacesTest {
    private static final EncryptionMaterialsRequest WRITE =
            EncryptionMaterialsRequest.of(EncryptionContext.of(Map.of("aws:s3:arn", "arn:aws:s3:::tank")));

    private final ScriptedKeyring kms = new ScriptedKeyring();
    private Runnable whenMissed = () -> {};
    private Runnable whenTimed = () -> {};
    private final DataKeyCache cache = DataKeyCache.builder()
            .failures(FailureHandling.DEFAULTS.withRetries(1, FailureHandling.DEFAULTS.backoff()))
            .executor(Runnable::run)
            .ticker(() -> {
                once(whenTimed);
                return 0;
            })
            .listener(new CacheListener() {
                @Override
                public void miss(Use use) {
                    once(whenMissed);
                }

                @Override
                public void loaded(Use use, java.time.Duration time, boolean success) {
                    whenTimed = whenLoaded;
                    whenLoaded = () -> {};
                }
            })
            .build();
    private final Keyring keyring = cache.over(kms);
    private Runnable whenLoaded = () -> {};

    private void once(Runnable step) {
        whenMissed = step == whenMissed ? () -> {} : whenMissed;
        whenTimed = step == whenTimed ? () -> {} : whenTimed;
        step.run();
    }

    @AfterEach
    void everyKeyIsZeroedInTheEnd() {
        cache.close();
        assertTrue(kms.made.stream().allMatch(DataKey::isClosed), "a data key outlived its cache");
    }

    @Test
    void asksOnce_whenAnotherFlightLandsRightAfterAMiss() {
        whenMissed = () -> assertEquals(1, write());
        assertEquals(1, write());
        assertEquals(1, kms.calls.get());
        assertEquals(2, cache.statistics().misses());
    }

    @Test
    void asksOnce_whenAnotherFlightIsDeniedRightAfterAMiss() {
        kms.failures.add(denial());
        whenMissed = () -> assertThrows(AwsServiceException.class, this::write);
        assertThrows(AwsServiceException.class, this::write);
        assertEquals(1, kms.calls.get());
    }

    /** After the cache has made sure that what it asked for is still wanted, and before that is in its place. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsNothing_ofAFlightThatIsInvalidatedAsItLands(boolean granted) {
        if (!granted) {
            kms.failures.add(denial());
        }
        whenLoaded = cache::invalidateAll;
        if (granted) {
            assertEquals(1, write());
        } else {
            assertThrows(AwsServiceException.class, this::write);
        }
        assertEquals(2, write());
        assertEquals(2, kms.calls.get());
    }

    private int write() {
        CompletionStage<EncryptionMaterials> stage = keyring.generate(WRITE);
        try (EncryptionMaterials materials = stage.toCompletableFuture().join()) {
            return materials.dataKey().use(key -> (int) key.getEncoded()[0]);
        } catch (CompletionException e) {
            throw assertInstanceOf(RuntimeException.class, e.getCause());
        }
    }

    private static AwsServiceException denial() {
        return AwsServiceException.builder()
                .statusCode(400)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode("AccessDeniedException")
                        .errorMessage("no")
                        .build())
                .message("no")
                .build();
    }
}
