package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.s3.EnvelopeBuilder;
import dev.s3envelope.s3.ReadAs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Listings with sizes in plaintext terms, and what they cost. */
class ClientSideListingsTest {
    private static LocalAwsTarget target;

    @BeforeAll
    static void start() {
        ClientSideFixture.start();
        target = ClientSideFixture.target;
    }

    @AfterAll
    static void stop() {
        ClientSideFixture.stop();
    }

    private static Calls client(Calls.Kind kind, Consumer<EnvelopeBuilder<?>> more) {
        return kind.open(target, builder -> {
            builder.policy(EncryptionPolicy.of(
                            PolicyRule.byDefault(
                                    "open",
                                    ObjectMatcher.builder().keyPrefix("open/").build(),
                                    EncryptionMode.sseS3()),
                            PolicyRule.byDefault("all", ObjectMatcher.anything(), ClientSideFixture.mode())))
                    .plaintextSizesInListings(true);
            more.accept(builder);
        });
    }

    /** A bucket with {@code count} objects of 1000, 2000 ... bytes of plaintext, a plain one, an empty one and one under a server-side rule. */
    private static Map<String, Long> fill(String bucket, int count) {
        target.s3().createBucket(b -> b.bucket(bucket));
        Map<String, Long> expected = new HashMap<>();
        Calls writer = client(Calls.Kind.SYNC, builder -> {});
        for (int i = 1; i <= count; i++) {
            String key = "sealed/" + i + " +%";
            writer.put(
                    PutObjectRequest.builder().bucket(bucket).key(key).build(), ClientSideFixture.bytes(i * 1000, i));
            expected.put(key, i * 1000L);
        }
        for (String key : new String[] {"plain", "open/one", "open/none"}) {
            byte[] body = new byte[key.endsWith("none") ? 0 : 77];
            target.s3().putObject(b -> b.bucket(bucket).key(key), RequestBody.fromBytes(body));
            expected.put(key, (long) body.length);
        }
        return expected;
    }

    private static String bucket(Calls.Kind kind, String name) {
        return name + "-" + kind.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Long> sizes(Iterable<S3Object> objects) {
        Map<String, Long> sizes = new HashMap<>();
        objects.forEach(object -> sizes.put(object.key(), object.size()));
        return sizes;
    }

    private static int heads(Runnable during) {
        EventLog.Mark mark = target.aws().events().mark();
        during.run();
        return target.aws().events().since(mark).operation("HeadObject").size();
    }

    @ParameterizedTest
    @EnumSource
    void sizesAreThoseOfThePlaintext_inEveryListingAndItsPaginators(Calls.Kind kind) {
        String bucket = bucket(kind, "sizes");
        Map<String, Long> expected = fill(bucket, 40);
        Calls s3 = client(kind, builder -> {});
        ListObjectsV2Request request =
                ListObjectsV2Request.builder().bucket(bucket).build();
        // One for each that a client-side rule can concern: 40 and the plain one.
        assertEquals(
                41, heads(() -> assertEquals(expected, sizes(s3.list(request).contents()))));
        assertEquals(
                0,
                heads(() -> assertEquals(expected, sizes(s3.list(request).contents()))),
                "everything is known now, by its ETag");
        ListObjectsV2Request paged = request.toBuilder().maxKeys(7).build();
        ListObjectsRequest old = ListObjectsRequest.builder().bucket(bucket).build();
        if (client(kind, builder -> {}) instanceof Calls.Sync sync) {
            assertEquals(expected, sizes(sync.s3().listObjectsV2Paginator(paged).contents()));
            assertEquals(expected, sizes(sync.s3().listObjects(old).contents()));
        } else {
            Calls.Async async = (Calls.Async) client(kind, builder -> {});
            List<S3Object> objects = new ArrayList<>();
            async.s3()
                    .listObjectsV2Paginator(paged)
                    .contents()
                    .subscribe(objects::add)
                    .join();
            assertEquals(expected, sizes(objects));
            assertEquals(expected, sizes(async.s3().listObjects(old).join().contents()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutTheOption_orReadAsStored_sizesAreS3sAndCostNothing(Calls.Kind kind) {
        String bucket = bucket(kind, "off");
        fill(bucket, 3);
        Map<String, Long> stored =
                sizes(target.s3().listObjectsV2(b -> b.bucket(bucket)).contents());
        assertTrue(stored.get("sealed/1 +%") > 1000);
        Calls off = client(kind, builder -> builder.plaintextSizesInListings(false));
        Calls on = client(kind, builder -> {});
        ListObjectsV2Request request =
                ListObjectsV2Request.builder().bucket(bucket).build();
        assertEquals(0, heads(() -> {
            assertEquals(stored, sizes(off.list(request).contents()));
            assertEquals(
                    stored,
                    sizes(on.list(request.toBuilder()
                                    .overrideConfiguration(ReadAs.stored())
                                    .build())
                            .contents()));
        }));
    }

    @ParameterizedTest
    @EnumSource
    void everyVersionHasItsOwnSize(Calls.Kind kind) {
        String bucket = bucket(kind, "versions");
        target.s3().createBucket(b -> b.bucket(bucket));
        target.s3().putBucketVersioning(b -> b.bucket(bucket).versioningConfiguration(v -> v.status("Enabled")));
        Calls s3 = client(kind, builder -> {});
        Map<String, Long> expected = new HashMap<>();
        for (int length : new int[] {5, 70_000, 1}) {
            expected.put(
                    s3.put(PutObjectRequest.builder().bucket(bucket).key("v").build(), new byte[length])
                            .versionId(),
                    (long) length);
        }
        target.s3().deleteObject(b -> b.bucket(bucket).key("v"));
        ListObjectVersionsRequest request =
                ListObjectVersionsRequest.builder().bucket(bucket).build();
        var answer = s3 instanceof Calls.Sync sync
                ? sync.s3().listObjectVersions(request)
                : ((Calls.Async) s3).s3().listObjectVersions(request).join();
        Map<String, Long> sizes = new HashMap<>();
        for (ObjectVersion version : answer.versions()) {
            sizes.put(version.versionId(), version.size());
        }
        assertEquals(expected, sizes);
        assertEquals(1, answer.deleteMarkers().size());
    }

    @ParameterizedTest
    @EnumSource
    void anObjectThatCannotBeLookedAt_hasNoSize_andAFailureOfS3FailsTheListing(Calls.Kind kind) {
        String bucket = bucket(kind, "unknown");
        Map<String, Long> expected = fill(bucket, 2);
        target.s3()
                .putObject(
                        b -> b.bucket(bucket).key("legacy").metadata(Map.of("x-amz-key", "AAAA", "x-amz-iv", "AAAA")),
                        RequestBody.fromString("bytes"));
        expected.put("legacy", null);
        Calls s3 = client(kind, builder -> {});
        ListObjectsV2Request request =
                ListObjectsV2Request.builder().bucket(bucket).build();
        assertEquals(expected, sizes(s3.list(request).contents()));
        S3Exception missing = assertThrows(
                S3Exception.class,
                () -> s3.list(
                        request.toBuilder().bucket("no-such-bucket-of-ours").build()));
        assertEquals(404, missing.statusCode());
    }
}
