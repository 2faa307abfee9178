package dev.s3envelope.local.internal.s3;

import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.Caller;
import dev.s3envelope.local.internal.http.HttpCall;
import dev.s3envelope.local.internal.http.Service;
import dev.s3envelope.local.internal.iam.AccessControl;
import dev.s3envelope.local.internal.iam.Credential;
import dev.s3envelope.local.internal.kms.KmsBackend;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The S3 service: finds the operation, runs it, renders errors as S3 does and records an event for each request. */
public final class S3Service implements Service {
    private final S3Settings settings;
    private final EventLog events;
    private final Map<S3Operation, Handler> handlers = new EnumMap<>(S3Operation.class);

    /** The operations keep no state but the store's; {@code events} gets one event per request. */
    public S3Service(S3Settings settings, S3Store store, AccessControl access, KmsBackend kms, EventLog events) {
        this.settings = settings;
        this.events = events;
        S3Core core = new S3Core(
                settings,
                store,
                new S3Gate(access),
                new DataKeys(settings, store.rootKey(), kms),
                new BlobSink(store.blobs(), settings.random()));
        register(core);
    }

    private interface Handler {
        void handle(S3Request request) throws IOException;
    }

    private void register(S3Core core) {
        BucketOperations buckets = new BucketOperations(core);
        handlers.put(S3Operation.LIST_BUCKETS, buckets::list);
        handlers.put(S3Operation.CREATE_BUCKET, buckets::create);
        handlers.put(S3Operation.HEAD_BUCKET, buckets::head);
        handlers.put(S3Operation.DELETE_BUCKET, buckets::delete);
        handlers.put(S3Operation.GET_BUCKET_LOCATION, buckets::location);
        handlers.put(S3Operation.GET_BUCKET_ACL, buckets::acl);

        ObjectReads reads = new ObjectReads(core);
        handlers.put(S3Operation.GET_OBJECT, reads::get);
        handlers.put(S3Operation.HEAD_OBJECT, reads::head);
        handlers.put(S3Operation.PUT_OBJECT, new ObjectWrites(core)::put);
        Deletes deletes = new Deletes(core);
        handlers.put(S3Operation.DELETE_OBJECT, deletes::delete);
        handlers.put(S3Operation.DELETE_OBJECTS, deletes::deleteAll);

        ObjectListings listings = new ObjectListings(core);
        handlers.put(S3Operation.LIST_OBJECTS, listings::list);
        handlers.put(S3Operation.LIST_OBJECTS_V2, listings::listV2);
        handlers.put(S3Operation.LIST_OBJECT_VERSIONS, listings::versions);

        MultipartUploads uploads = new MultipartUploads(core);
        handlers.put(S3Operation.CREATE_MULTIPART_UPLOAD, uploads::create);
        handlers.put(S3Operation.UPLOAD_PART, uploads::uploadPart);
        handlers.put(S3Operation.ABORT_MULTIPART_UPLOAD, uploads::abort);
        handlers.put(S3Operation.COMPLETE_MULTIPART_UPLOAD, new MultipartCompletion(core)::complete);
        UploadListings uploadListings = new UploadListings(core);
        handlers.put(S3Operation.LIST_PARTS, uploadListings::parts);
        handlers.put(S3Operation.LIST_MULTIPART_UPLOADS, uploadListings::uploads);
        Copies copies = new Copies(core);
        handlers.put(S3Operation.COPY_OBJECT, copies::copy);
        handlers.put(S3Operation.UPLOAD_PART_COPY, copies::uploadPartCopy);
        registerDetails(new ObjectDetails(core));
        registerSettings(new BucketSettings(core));
        StoredSettings stored = new StoredSettings(core);
        handlers.put(S3Operation.GET_BUCKET_REPLICATION, stored::replication);
        handlers.put(S3Operation.PUT_BUCKET_REPLICATION, stored::putReplication);
        handlers.put(S3Operation.DELETE_BUCKET_REPLICATION, stored::deleteReplication);
        handlers.put(S3Operation.GET_BUCKET_LOGGING, stored::logging);
        handlers.put(S3Operation.PUT_BUCKET_LOGGING, stored::putLogging);
    }

    private void registerDetails(ObjectDetails details) {
        handlers.put(S3Operation.GET_OBJECT_TAGGING, details::tagging);
        handlers.put(S3Operation.PUT_OBJECT_TAGGING, details::putTagging);
        handlers.put(S3Operation.DELETE_OBJECT_TAGGING, details::deleteTagging);
        handlers.put(S3Operation.GET_OBJECT_ACL, details::acl);
        handlers.put(S3Operation.GET_OBJECT_ATTRIBUTES, details::attributes);
        handlers.put(S3Operation.UPDATE_OBJECT_ENCRYPTION, details::updateEncryption);
    }

    private void registerSettings(BucketSettings settings) {
        handlers.put(S3Operation.GET_BUCKET_VERSIONING, settings::versioning);
        handlers.put(S3Operation.PUT_BUCKET_VERSIONING, settings::putVersioning);
        handlers.put(S3Operation.GET_BUCKET_POLICY, settings::policy);
        handlers.put(S3Operation.PUT_BUCKET_POLICY, settings::putPolicy);
        handlers.put(S3Operation.DELETE_BUCKET_POLICY, settings::deletePolicy);
        handlers.put(S3Operation.GET_BUCKET_POLICY_STATUS, settings::policyStatus);
        handlers.put(S3Operation.GET_BUCKET_ENCRYPTION, settings::encryption);
        handlers.put(S3Operation.PUT_BUCKET_ENCRYPTION, settings::putEncryption);
        handlers.put(S3Operation.DELETE_BUCKET_ENCRYPTION, settings::deleteEncryption);
        handlers.put(S3Operation.GET_BUCKET_TAGGING, settings::tagging);
        handlers.put(S3Operation.PUT_BUCKET_TAGGING, settings::putTagging);
        handlers.put(S3Operation.DELETE_BUCKET_TAGGING, settings::deleteTagging);
        handlers.put(S3Operation.GET_BUCKET_OWNERSHIP_CONTROLS, settings::ownership);
        handlers.put(S3Operation.PUT_BUCKET_OWNERSHIP_CONTROLS, settings::putOwnership);
        handlers.put(S3Operation.DELETE_BUCKET_OWNERSHIP_CONTROLS, settings::deleteOwnership);
        handlers.put(S3Operation.GET_PUBLIC_ACCESS_BLOCK, settings::publicAccessBlock);
        handlers.put(S3Operation.PUT_PUBLIC_ACCESS_BLOCK, settings::putPublicAccessBlock);
        handlers.put(S3Operation.DELETE_PUBLIC_ACCESS_BLOCK, settings::deletePublicAccessBlock);
    }

    @Override
    public String name() {
        return "s3";
    }

    @Override
    public String operation(HttpCall call) {
        return S3Router.route(call, S3Address.of(call)).apiName();
    }

    @Override
    public @Nullable String resource(HttpCall call) {
        S3Address address = S3Address.of(call);
        return switch (address.scope()) {
            case SERVICE -> null;
            case BUCKET -> "arn:aws:s3:::" + address.bucket();
            case OBJECT -> "arn:aws:s3:::" + address.bucket() + "/" + address.key();
        };
    }

    @Override
    public void handle(HttpCall call, Caller caller) throws IOException {
        S3Address address = S3Address.of(call);
        S3Request request = new S3Request(
                call, caller, S3Router.route(call, address), address, (r, status) -> record(r, status, null));
        try {
            Handler handler = handlers.get(request.operation());
            if (handler == null) {
                throw unsupported(request);
            }
            handler.handle(request);
        } catch (AwsError error) {
            record(request, error.status(), error);
            render(call, error, request.always(), request.resource());
        }
    }

    private static AwsError unsupported(S3Request request) {
        return switch (request.operation()) {
            // Closed to new customers since July 2024.
            case SELECT_OBJECT_CONTENT -> S3Errors.methodNotAllowed("POST", "OBJECT");
            default -> S3Errors.notImplemented();
        };
    }

    @Override
    public void respond(HttpCall call, AwsError error) {
        S3Address address = S3Address.of(call);
        S3Request request =
                new S3Request(call, Caller.anonymous(), S3Router.route(call, address), address, (r, status) -> {});
        record(request, error.status(), error);
        render(call, error, Map.of(), resource(call));
    }

    private void record(S3Request request, int status, @Nullable AwsError error) {
        HttpCall call = request.call();
        Event.Builder event = Event.builder(
                        settings.clock().instant(),
                        call.requestId(),
                        "s3",
                        request.operation().apiName())
                .region(request.caller().region())
                .secure(call.secure())
                .resource(request.resource() == null ? resource(call) : request.resource())
                .evidence(request.evidence())
                .status(status);
        request.details().forEach(event::detail);
        Credential credential = request.caller().credential();
        if (credential != null) {
            Principal principal = credential.principal();
            event.caller(principal.arn(), principal.account().orElse(null), credential.accessKeyId());
        }
        if (error != null) {
            event.error(error.status(), error.code(), error.text());
        }
        events.record(event.build());
    }

    private static void render(HttpCall call, AwsError error, Map<String, String> always, @Nullable String resource) {
        Map<String, String> headers = new LinkedHashMap<>(always);
        headers.put("x-amz-request-id", call.requestId());
        headers.put("x-amz-id-2", call.requestId() + "LocalAws");
        headers.put("Server", "AmazonS3");
        headers.put("Content-Type", "application/xml");
        if (call.method().equals("HEAD")) {
            call.respond(error.status(), headers, new byte[0]);
            return;
        }
        byte[] body = Xml.plain("Error", xml -> {
            xml.add("Code", error.code()).add("Message", error.text());
            error.details().forEach(xml::add);
            xml.add("Resource", resource == null ? null : call.path())
                    .add("RequestId", call.requestId())
                    .add("HostId", call.requestId() + "LocalAws");
        });
        call.respond(error.status(), headers, body);
    }
}
