package dev.s3envelope.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;

class FaultsTest {
    @RegisterExtension
    final LocalAwsExtension extension = LocalAwsExtension.fresh(b -> b.region("eu-west-1"));

    @Test
    void usesUpARule_thenTriesTheNext() {
        Faults faults = new Faults();
        faults.on("kms", "Decrypt").times(2).fail(500, "First", "");
        faults.on("kms", "*")
                .resource("arn:aws:kms:us-east-1:111122223333:key/a")
                .always()
                .fail(500, "Second", "");
        String key = "arn:aws:kms:us-east-1:111122223333:key/a";
        assertEquals("First", code(faults.next("kms", "Decrypt", key)));
        assertEquals("First", code(faults.next("kms", "Decrypt", null)));
        assertEquals("Second", code(faults.next("kms", "Decrypt", key)));
        assertEquals(Optional.empty(), faults.next("kms", "Decrypt", null));
        assertEquals(Optional.empty(), faults.next("s3", "Decrypt", key));
        faults.clear();
        assertEquals(Optional.empty(), faults.next("kms", "Decrypt", key));
        assertThrows(
                IllegalArgumentException.class,
                () -> faults.on("kms", "Decrypt").times(0));
    }

    private static String code(Optional<Faults.Fault> fault) {
        return ((Faults.Failure) fault.orElseThrow()).code();
    }

    private KmsClient impatient() {
        LocalAws aws = extension.aws();
        return aws.configure(KmsClient.builder(), aws.account("111122223333").root())
                .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
                .build();
    }

    @Test
    void isRetriedByTheSdk_whenKmsThrottlesForAWhile() {
        LocalAws aws = extension.aws();
        aws.faults().on("kms", "ListKeys").times(2).throttle();
        aws.kms(aws.account("111122223333").root()).listKeys();
        assertEquals(2, aws.events().operation("ListKeys").failed().size());
        assertEquals(1, aws.events().operation("ListKeys").succeeded().size());
    }

    @Test
    void arrivesAsThrottlingAtTheClient_whenKmsThrottles() {
        extension.aws().faults().on("kms", "ListKeys").throttle();
        try (KmsClient kms = impatient()) {
            KmsException e = assertThrows(KmsException.class, kms::listKeys);
            assertEquals("ThrottlingException", e.awsErrorDetails().errorCode());
            assertTrue(e.isThrottlingException());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException"})
    void isRetriedByTheSdk_whenKmsFailsWith500(String code) {
        LocalAws aws = extension.aws();
        aws.faults().on("kms", "ListKeys").fail(500, code, "");
        aws.kms(aws.account("111122223333").root()).listKeys();
        assertEquals(
                code,
                aws.events().operation("ListKeys").failed().single().errorCode().orElseThrow());
    }

    @Test
    void losesTheConnection_whenToldTo() {
        extension.aws().faults().on("kms", "ListKeys").dropConnection(0);
        try (KmsClient kms = impatient()) {
            assertThrows(SdkClientException.class, kms::listKeys);
            kms.listKeys();
        }
    }

    @Test
    void delays_whenToldTo() {
        LocalAws aws = extension.aws();
        KmsClient kms = aws.kms(aws.account("111122223333").root());
        kms.listKeys();
        aws.faults().on("kms", "ListKeys").delay(Duration.ofMillis(300));
        long start = System.nanoTime();
        kms.listKeys();
        assertTrue(System.nanoTime() - start >= 300_000_000L);
    }
}
