package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.internal.OperationTreatment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.presignedurl.AsyncPresignedUrlExtension;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.waiters.S3AsyncWaiter;
import software.amazon.awssdk.services.s3.waiters.S3Waiter;

/** Every operation of both interfaces has a treatment and goes through it, by whatever method it is called. */
@NullUnmarked
class EveryOperationTest {
    private static final AccountId OWNER = AccountId.of("111122223333");

    /** Methods that send no request of S3 themselves, each with what becomes of it. */
    private static final Map<String, String> WITHOUT_REQUEST = Map.of(
            "serviceName", "passed",
            "serviceClientConfiguration", "passed",
            "utilities", "passed",
            "close", "closes what is ours, see ClientLifeTest",
            "waiter", "made on our client, each of its methods tested here",
            "listBuckets", "calls listBuckets with an empty request",
            "listBucketsPaginator", "pages through our client",
            "presignedUrlExtension", "wrapped, its only operation is getObject by URL");

    @Test
    void everyRequestOfBothInterfacesHasATreatment_andTheTableNamesNoOther() {
        Set<String> requests = new TreeSet<>();
        for (Class<?> type : List.of(S3Client.class, S3AsyncClient.class)) {
            for (Method method : type.getMethods()) {
                if (Modifier.isStatic(method.getModifiers())) {
                    continue;
                }
                if (method.getParameterCount() == 0) {
                    assertTrue(WITHOUT_REQUEST.containsKey(method.getName()), "decide about " + method);
                    continue;
                }
                Class<?> first = method.getParameterTypes()[0];
                if (S3Request.class.isAssignableFrom(first)) {
                    requests.add(first.getSimpleName());
                } else {
                    assertEquals(Consumer.class, first, "decide about " + method);
                }
            }
        }
        Set<String> treated = OperationTreatment.all().keySet().stream()
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(requests, treated);
    }

    @Test
    void everyTreatmentGivesAReasonOfOneLine() {
        OperationTreatment.all()
                .values()
                .forEach(treatment -> assertTrue(
                        treatment.reason().length() > 10 && !treatment.reason().contains("\n"), treatment.toString()));
    }

    @Test
    void everyMethodOfTheUrlExtensionIsADownload() {
        for (Method method : AsyncPresignedUrlExtension.class.getMethods()) {
            assertEquals("getObject", method.getName(), "decide about " + method);
        }
    }

    @Test
    void everyMethodOfThePresignerIsOverridden() throws Exception {
        for (Method method : S3Presigner.class.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())
                    || (method.getParameterCount() == 1 && method.getParameterTypes()[0] == Consumer.class)) {
                continue;
            }
            assertEquals(
                    EnvelopeS3Presigner.class,
                    EnvelopeS3Presigner.class
                            .getMethod(method.getName(), method.getParameterTypes())
                            .getDeclaringClass(),
                    "decide about " + method);
        }
    }

    @TestFactory
    Stream<DynamicTest> sendsTheExpectedOwner_withEveryOperationThatHasTheField() {
        return Arrays.stream(Flavor.values())
                .flatMap(flavor -> OperationTreatment.all().keySet().stream()
                        .map(type -> DynamicTest.dynamicTest(flavor + " " + type.getSimpleName(), () -> {
                            Recorder recorder = new Recorder();
                            Object client = client(flavor, recorder);
                            if (!Flavor.offers(client, type)) {
                                return;
                            }
                            S3Request request = request(type);
                            Flavor.send(client, request);
                            assertOwnerSent(recorder, type);
                        })));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void refusesAnOperationItDoesNotKnow(Flavor flavor) {
        Recorder recorder = new Recorder();
        Object client = client(flavor, recorder);
        S3Request unknown = new TomorrowsRequest();
        OperationRefusedException refused = assertThrows(OperationRefusedException.class, () -> {
            if (client instanceof EnvelopeS3Client sync) {
                sync.invokeOperation(unknown, request -> "sent");
            } else {
                try {
                    ((EnvelopeS3AsyncClient) client)
                            .invokeOperation(unknown, request -> CompletableFuture.completedFuture("sent"))
                            .join();
                } catch (CompletionException e) {
                    throw e.getCause();
                }
            }
        });
        assertTrue(refused.getMessage().contains("TomorrowsRequest"), refused.getMessage());
    }

    @TestFactory
    Stream<DynamicTest> pagesThroughThisClient_withEveryPaginator() {
        return Arrays.stream(Flavor.values()).flatMap(flavor -> {
            Class<?> type = flavor == Flavor.SYNC ? S3Client.class : S3AsyncClient.class;
            return Arrays.stream(type.getMethods())
                    .filter(method -> method.getName().endsWith("Paginator") && method.getParameterCount() == 1)
                    .filter(method -> S3Request.class.isAssignableFrom(method.getParameterTypes()[0]))
                    .map(method -> DynamicTest.dynamicTest(flavor + " " + method.getName(), () -> {
                        Recorder recorder = new Recorder();
                        Class<? extends S3Request> request = method.getParameterTypes()[0].asSubclass(S3Request.class);
                        Object pages = method.invoke(client(flavor, recorder), request(request));
                        if (pages instanceof Iterable<?> iterable) {
                            iterable.iterator().next();
                        } else {
                            drain((Publisher<?>) pages);
                        }
                        assertOwnerSent(recorder, request);
                    }));
        });
    }

    @TestFactory
    Stream<DynamicTest> asksThroughThisClient_withEveryWaiter() {
        return Arrays.stream(Flavor.values()).flatMap(flavor -> {
            Class<?> type = flavor == Flavor.SYNC ? S3Waiter.class : S3AsyncWaiter.class;
            return Arrays.stream(type.getMethods())
                    .filter(method -> method.getName().startsWith("waitUntil") && method.getParameterCount() == 1)
                    .filter(method -> S3Request.class.isAssignableFrom(method.getParameterTypes()[0]))
                    .map(method -> DynamicTest.dynamicTest(flavor + " " + method.getName(), () -> {
                        boolean gone = method.getName().endsWith("NotExists");
                        Recorder recorder = new Recorder().answer(request -> {
                            if (gone) {
                                return Recorder.failure(404, "NotFound", "Not Found");
                            }
                            SdkHttpResponse ok =
                                    SdkHttpResponse.builder().statusCode(200).build();
                            return request instanceof HeadBucketRequest
                                    ? HeadBucketResponse.builder()
                                            .sdkHttpResponse(ok)
                                            .build()
                                    : HeadObjectResponse.builder()
                                            .sdkHttpResponse(ok)
                                            .build();
                        });
                        Class<? extends S3Request> request = method.getParameterTypes()[0].asSubclass(S3Request.class);
                        Object client = client(flavor, recorder);
                        try {
                            if (client instanceof EnvelopeS3Client sync) {
                                method.invoke(sync.waiter(), request(request));
                            } else {
                                Object future =
                                        method.invoke(((EnvelopeS3AsyncClient) client).waiter(), request(request));
                                ((CompletableFuture<?>) future).get(30, TimeUnit.SECONDS);
                            }
                        } catch (InvocationTargetException e) {
                            // How the waiter judges a made-up answer is not what is tested.
                            assertNotNull(e.getCause());
                        }
                        assertOwnerSent(recorder, request);
                    }));
        });
    }

    private static Object client(Flavor flavor, Recorder recorder) {
        WriteGuard guard = WriteGuard.builder()
                .bucketDirectory(
                        BucketDirectory.builder().allOthersOwnedBy(OWNER).build())
                .build();
        return flavor.open(
                recorder,
                builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.bucketDefault()))
                        .writeGuard(guard));
    }

    private static void assertOwnerSent(Recorder recorder, Class<? extends S3Request> type) {
        assertEquals(1, recorder.requests().size(), recorder.calls().toString());
        S3Request sent = recorder.last();
        assertEquals(type, sent.getClass());
        for (SdkField<?> field : ((SdkPojo) sent).sdkFields()) {
            if (field.memberName().equals("ExpectedBucketOwner")
                    || field.memberName().equals("ExpectedSourceBucketOwner")) {
                assertEquals(OWNER.digits(), field.getValueOrDefault(sent), field.memberName());
            }
        }
        boolean perBucket = sent.getValueForField("Bucket", String.class).isPresent();
        boolean hasField = ((SdkPojo) sent)
                .sdkFields().stream().anyMatch(field -> field.memberName().equals("ExpectedBucketOwner"));
        Set<String> withoutField = Set.of("CreateBucketRequest", "RenameObjectRequest", "CreateSessionRequest");
        assertAll(() -> assertTrue(
                !perBucket || hasField || withoutField.contains(type.getSimpleName()), "no owner field: " + type));
    }

    private static S3Request request(Class<? extends S3Request> type) {
        try {
            S3Request.Builder builder =
                    (S3Request.Builder) type.getMethod("builder").invoke(null);
            for (SdkField<?> field : ((SdkPojo) builder).sdkFields()) {
                switch (field.memberName()) {
                    case "Bucket", "DestinationBucket", "SourceBucket" -> field.set(builder, "reports");
                    case "Key", "DestinationKey", "SourceKey" -> field.set(builder, "q3/report.csv");
                    case "UploadId" -> field.set(builder, "upload");
                    case "PartNumber" -> field.set(builder, 1);
                    default -> {}
                }
            }
            return builder.build();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void drain(Publisher<?> pages) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        pages.subscribe(new Subscriber<Object>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            public void onNext(Object page) {}

            @Override
            public void onError(Throwable failure) {
                done.completeExceptionally(failure);
            }

            @Override
            public void onComplete() {
                done.complete(null);
            }
        });
        done.get(30, TimeUnit.SECONDS);
    }

    /** An operation no SDK has. */
    private static final class TomorrowsRequest extends S3Request {
        TomorrowsRequest() {
            super((S3Request.Builder) software.amazon.awssdk.services.s3.model.ListBucketsRequest.builder());
        }

        @Override
        public S3Request.Builder toBuilder() {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<SdkField<?>> sdkFields() {
            return List.of();
        }
    }
}
