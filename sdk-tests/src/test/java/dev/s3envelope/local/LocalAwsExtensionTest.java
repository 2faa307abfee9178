package dev.s3envelope.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

class LocalAwsExtensionTest {
    @Nested
    @ExtendWith(LocalAwsExtension.class)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Shared {
        private final Set<LocalAws> seen = new HashSet<>();

        @RepeatedTest(2)
        void givesTheSameInstance_toEveryTest(LocalAws aws) {
            aws.kms(aws.account("111122223333").root()).listKeys();
            seen.add(aws);
        }

        @AfterAll
        void wasOne() {
            assertEquals(1, seen.size());
        }

        @Nested
        class Inner {
            @Test
            void sharesTheInstance_ofTheClassAroundIt(LocalAws aws) {
                aws.kms(aws.account("111122223333").root()).listKeys();
                seen.add(aws);
            }
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Fresh {
        @RegisterExtension
        final LocalAwsExtension extension = LocalAwsExtension.fresh(b -> b.region("eu-central-1"));

        private final Set<LocalAws> seen = new HashSet<>();

        @RepeatedTest(2)
        void givesItsOwnInstance_toEveryTest(LocalAws aws) {
            assertSame(extension.aws(), aws);
            assertEquals("eu-central-1", aws.region());
            seen.add(aws);
        }

        @AfterAll
        void wereTwo() {
            assertEquals(2, seen.size());
            assertThrows(IllegalStateException.class, extension::aws);
        }
    }

    @Test
    void twoExtensionsHaveTwoInstances() {
        try (LocalAws one = LocalAws.start();
                LocalAws two = LocalAws.start()) {
            assertNotSame(one.endpoint(), two.endpoint());
        }
    }
}
