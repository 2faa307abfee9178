package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.internal.http.HttpCall;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import software.amazon.awssdk.protocols.core.OperationInfo;
import software.amazon.awssdk.services.s3.S3Client;

/** Every operation the AWS SDK can send reaches the operation of its name, or is answered as not implemented. */
class RoutingTest {
    private static final Set<String> IMPLEMENTED = Stream.of(S3Operation.values())
            .filter(operation -> operation != S3Operation.NOT_IMPLEMENTED)
            .map(S3Operation::apiName)
            .collect(Collectors.toSet());

    /** The operations of the client, by its one-argument methods. */
    private static List<String> operations() {
        return Stream.of(S3Client.class.getMethods())
                .filter(m -> m.getParameterCount() > 0
                        && m.getParameterTypes()[0].getSimpleName().endsWith("Request")
                        && !m.getName().endsWith("Paginator"))
                .map(m -> m.getParameterTypes()[0].getSimpleName().replaceAll("Request$", ""))
                .distinct()
                .sorted()
                .toList();
    }

    private static OperationInfo binding(String operation) throws ReflectiveOperationException {
        Class<?> marshaller =
                Class.forName("software.amazon.awssdk.services.s3.transform." + operation + "RequestMarshaller");
        Field field = marshaller.getDeclaredField("SDK_OPERATION_BINDING");
        field.setAccessible(true);
        return (OperationInfo) field.get(null);
    }

    @TestFactory
    Stream<DynamicTest> routesEveryOperationOfTheSdk() {
        return operations().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    OperationInfo binding = binding(name);
                    S3Operation routed = route(call(binding, name));
                    // Directory buckets share the request line of general purpose buckets.
                    String expected = switch (name) {
                        case "ListDirectoryBuckets" -> "ListBuckets";
                        // Told apart by a parameter; neither is implemented.
                        case "ListObjectAnnotations" -> "GetObjectAnnotation";
                        default -> name;
                    };
                    assertEquals(
                            IMPLEMENTED.contains(expected) ? expected : "NotImplemented",
                            routed.apiName(),
                            binding.httpMethod() + " " + binding.requestUri());
                }));
    }

    @Test
    void knowsManyOperations() {
        assertTrue(operations().size() >= 100, () -> "found only " + operations());
    }

    @Test
    void ignoresParametersThatAreNoSubresources() throws IOException {
        assertEquals(S3Operation.GET_OBJECT, route(call("GET", "/b/k", Map.of("x-id", ""), Map.of())));
        assertEquals(S3Operation.GET_OBJECT, route(call("GET", "/b/k", Map.of("versionId", "1"), Map.of())));
        assertEquals(S3Operation.GET_OBJECT, route(call("GET", "/b/k", Map.of("partNumber", "1"), Map.of())));
        assertEquals(S3Operation.HEAD_OBJECT, route(call("HEAD", "/b/k", Map.of("partNumber", "1"), Map.of())));
    }

    @Test
    void neverTakesASubresourceForTheObject() {
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            for (String parameter :
                    List.of("cors", "lifecycle", "website", "accelerate", "notification", "object-lock")) {
                assertEquals(S3Operation.NOT_IMPLEMENTED, route(call(method, "/b", Map.of(parameter, ""), Map.of())));
            }
            for (String parameter : List.of("legal-hold", "retention", "restore", "annotation", "renameObject")) {
                S3Operation routed = route(call(method, "/b/k", Map.of(parameter, ""), Map.of()));
                assertTrue(
                        !Set.of(S3Operation.GET_OBJECT, S3Operation.PUT_OBJECT, S3Operation.DELETE_OBJECT)
                                .contains(routed),
                        method + " " + parameter);
            }
        }
    }

    @Test
    void readsBothAddressingStyles() {
        for (String host : List.of("bucket.localhost", "bucket.s3.localhost", "bucket.s3.eu-west-1.amazonaws.com")) {
            S3Address address = S3Address.of(call("GET", "/a/b", Map.of(), Map.of("host", host)));
            assertEquals(new S3Address("bucket", "a/b"), address, host);
        }
        for (String host : List.of("localhost", "127.0.0.1", "s3.localhost", "s3.eu-west-1.amazonaws.com", "example")) {
            S3Address address = S3Address.of(call("GET", "/bucket/a/b", Map.of(), Map.of("host", host)));
            assertEquals(new S3Address("bucket", "a/b"), address, host);
        }
    }

    private static S3Operation route(HttpCall call) {
        return S3Router.route(call, S3Address.of(call));
    }

    private static HttpCall call(OperationInfo binding, String name) {
        String uri = binding.requestUri();
        int mark = uri.indexOf('?');
        String path = mark < 0 ? uri : uri.substring(0, mark);
        Map<String, String> query = new HashMap<>();
        if (mark >= 0) {
            for (String parameter : uri.substring(mark + 1).split("&", -1)) {
                String[] parts = parameter.split("=", 2);
                query.put(parts[0], parts.length == 1 ? "" : parts[1]);
            }
        }
        query.put("x-id", name);
        Map<String, String> headers = new HashMap<>();
        if (name.startsWith("UploadPart")) {
            query.put("partNumber", "1");
        }
        if (List.of("UploadPart", "UploadPartCopy", "ListParts", "AbortMultipartUpload", "CompleteMultipartUpload")
                .contains(name)) {
            query.put("uploadId", "id");
        }
        if (name.equals("CopyObject") || name.equals("UploadPartCopy")) {
            headers.put("x-amz-copy-source", "b/k");
        }
        // The client puts the bucket in front of the path, but for what names no bucket.
        boolean bucketless = path.equals("/") || path.equals("/WriteGetObjectResponse");
        String full = bucketless ? path : "/b" + path.replace("{Key+}", "dir/k");
        return call(binding.httpMethod().name(), full, query, headers);
    }

    private static HttpCall call(String method, String path, Map<String, String> query, Map<String, String> headers) {
        Map<String, List<String>> parameters = new HashMap<>();
        query.forEach((name, value) -> parameters.put(name, new ArrayList<>(List.of(value))));
        Map<String, List<String>> all = new HashMap<>();
        headers.forEach((name, value) -> all.put(name, List.of(value)));
        return (HttpCall) Proxy.newProxyInstance(
                HttpCall.class.getClassLoader(),
                new Class<?>[] {HttpCall.class},
                (proxy, m, args) -> switch (m.getName()) {
                    case "method" -> method;
                    case "path" -> path;
                    case "host" -> headers.getOrDefault("host", "localhost");
                    case "query" -> parameters;
                    case "headers" -> all;
                    case "hasParameter" -> parameters.containsKey((String) args[0]);
                    case "parameter" -> query.get((String) args[0]);
                    case "header" -> headers.get((String) args[0]);
                    default -> throw new UnsupportedOperationException(m.getName());
                });
    }
}
