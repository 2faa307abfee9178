package dev.s3envelope.kms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.crypto.SecretBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.kms.model.KmsException;

/** How long answers live, on a clock of the test's own. */
class MacCacheTest {
    private static final Duration AGE = Duration.ofMinutes(5);
    private static final KeyArn KEY =
            KeyArn.parse("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    private static final MacCache.Id ID = new MacCache.Id(Optional.of("alice"), KEY, 1, "bucket");

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final MacCache cache = new MacCache(AGE, now::get);
    private final List<CompletableFuture<SecretBytes>> asked = new ArrayList<>();

    @AfterEach
    void close() {
        cache.close();
    }

    private CompletableFuture<Void> require(MacCache.Id id) {
        Supplier<CompletionStage<SecretBytes>> ask = () -> {
            CompletableFuture<SecretBytes> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        };
        return cache.require(id, ask).toCompletableFuture();
    }

    private SecretBytes granted(int call) {
        SecretBytes mac = SecretBytes.copyOf("HmacSHA256", new byte[32]);
        asked.get(call).complete(mac);
        return mac;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void asksOnceForAllWhoWait() {
        CompletableFuture<Void> first = require(ID);
        CompletableFuture<Void> second = require(ID);
        assertFalse(second.isDone());

        granted(0);

        assertTrue(first.isDone() && second.isDone());
        assertTrue(require(ID).isDone());
        assertEquals(1, asked.size());
    }

    @Test
    void keepsPrincipalsKeysVersionsAndBucketsApart() {
        require(ID);
        granted(0);
        List<MacCache.Id> others = List.of(
                new MacCache.Id(Optional.of("bob"), KEY, 1, "bucket"),
                new MacCache.Id(Optional.empty(), KEY, 1, "bucket"),
                new MacCache.Id(
                        Optional.of("alice"), KeyArn.parse(KEY.text().replace("1234abcd", "00000000")), 1, "bucket"),
                new MacCache.Id(Optional.of("alice"), KEY, 2, "bucket"),
                new MacCache.Id(Optional.of("alice"), KEY, 1, "bucket2"));

        others.forEach(id -> {
            assertEquals(Optional.empty(), cache.mac(id));
            require(id);
        });

        assertEquals(1 + others.size(), asked.size());
    }

    @Test
    void asksAgainAfterTheAge_andZeroesAfterTheSlack() {
        require(ID);
        SecretBytes mac = granted(0);
        pass(AGE.minusNanos(1));
        assertTrue(require(ID).isDone());
        assertEquals(1, asked.size());

        pass(Duration.ofNanos(1));
        require(ID);
        assertEquals(2, asked.size(), "the age is over");
        assertEquals(Optional.of(mac), cache.mac(ID), "whoever found it fresh may still derive");

        pass(MacCache.SLACK.plusNanos(1));
        assertEquals(Optional.empty(), cache.mac(ID));
        assertTrue(mac.isDestroyed());
    }

    @Test
    void zeroesTheMacThatIsReplaced() {
        require(ID);
        SecretBytes old = granted(0);
        pass(AGE);
        require(ID);
        SecretBytes fresh = granted(1);

        assertTrue(old.isDestroyed());
        assertEquals(Optional.of(fresh), cache.mac(ID));
        assertArrayEquals(new byte[32], fresh.getEncoded());
    }

    @Test
    void remembersADenialForASecond_andNoOtherFailureAtAll() {
        require(ID);
        asked.get(0).completeExceptionally(failure("AccessDeniedException"));
        assertTrue(cache.failure(ID).isPresent());
        require(ID);
        assertEquals(1, asked.size());
        pass(Duration.ofSeconds(1));
        require(ID);
        assertEquals(2, asked.size());

        asked.get(1).completeExceptionally(failure("KMSInternalException"));
        require(ID);
        assertEquals(3, asked.size());
        granted(2);
        assertEquals(Optional.empty(), cache.failure(ID));
    }

    @Test
    void lettingGo_makesTheNextOneAsk_andLetsThoseBeforeFinish() {
        require(ID);
        SecretBytes mac = granted(0);
        cache.invalidateAll();

        assertEquals(Optional.of(mac), cache.mac(ID), "a request between prepare and use");
        require(ID);
        assertEquals(2, asked.size());
        pass(MacCache.SLACK.plusNanos(1));
        cache.mac(ID);
        assertTrue(mac.isDestroyed());
    }

    @Test
    void keepsNothingThatWasAskedForBeforeItLetGo() {
        CompletableFuture<Void> before = require(ID);
        cache.invalidateAll();
        require(ID);
        assertEquals(2, asked.size(), "nobody joins a call from before");

        granted(0);

        assertTrue(before.isDone());
        require(ID);
        assertEquals(2, asked.size(), "the call from after is still under way");
        granted(1);
        require(ID);
        assertEquals(2, asked.size());
    }

    @Test
    void keepsNothing_onceClosed() {
        require(ID);
        SecretBytes mac = granted(0);
        cache.close();
        assertTrue(mac.isDestroyed());

        require(ID);
        SecretBytes late = granted(1);
        assertTrue(late.isDestroyed());
        assertTrue(cache.isClosed());
    }

    private static KmsException failure(String code) {
        return (KmsException) KmsException.builder()
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();
    }
}
