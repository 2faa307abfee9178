package dev.s3envelope.s3;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.HoldBack;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.internal.KeyExecutors;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.Surroundings;
import dev.s3envelope.s3.internal.Wrapped;
import dev.s3envelope.s3.internal.clientside.ClientSideFacts;
import dev.s3envelope.s3.internal.clientside.ClientSideKeys;
import dev.s3envelope.s3.internal.clientside.ClientSideReads;
import dev.s3envelope.s3.internal.clientside.ClientSideSettings;
import dev.s3envelope.s3.internal.clientside.LegacyGets;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.upload.Uploads;
import dev.s3envelope.s3.internal.preflight.Preflights;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;

/**
 * What the builders of the synchronous client, the asynchronous client and the presigner have in common. Not safe for use by
 * several threads; what it builds is.
 *
 * @param <B> the builder itself
 */
public abstract sealed class EnvelopeBuilder<B extends EnvelopeBuilder<B>>
        permits EnvelopeS3Client.Builder, EnvelopeS3AsyncClient.Builder, EnvelopeS3Presigner.Builder {
    private @Nullable EncryptionPolicy policy;
    private WriteGuard guard = WriteGuard.builder().build();
    private final List<SseCKeySource> readKeys = new ArrayList<>();
    private @Nullable Region region;
    private boolean closeWrapped;
    private Supplier<MessageEngine> engine = () -> MessageEngine.builder().build();
    private final List<Keyring> readKeyrings = new ArrayList<>();
    private final List<S3ecKeyring> s3ecKeyrings = new ArrayList<>();
    private boolean requireClientSide;
    private boolean acceptForeignMessages;
    private HoldBack holdBack = HoldBack.defaults();
    private @Nullable LegacyReads legacyReads;
    private @Nullable Preflight preflight;
    private @Nullable EnvelopeListener listener;
    private Diagnosis diagnosis = Diagnosis.passive();
    private boolean plaintextSizes;
    private @Nullable ParallelTransfers parallelTransfers;

    EnvelopeBuilder() {}

    /** Sets the policy that gives each object its mode. Required. */
    public B policy(EncryptionPolicy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
        return self();
    }

    /**
     * Sets who judges the key of each write; it also knows the bucket owners that go out as {@code expectedBucketOwner}. By
     * default the strictest there is: no owner known, no alias resolved, full key ARNs only.
     */
    public B writeGuard(WriteGuard guard) {
        this.guard = Objects.requireNonNull(guard, "guard");
        return self();
    }

    /**
     * Adds a source of SSE-C keys for reading only, asked after those of the policy: for objects that a former policy or
     * another application wrote. None by default.
     */
    public B readKeySource(SseCKeySource source) {
        readKeys.add(Objects.requireNonNull(source, "source"));
        return self();
    }

    /**
     * Sets the Region that stands for a bucket's where the guard does not know it. By default the wrapped client's, or none if
     * that client finds the Region by itself (cross-Region access) or is a presigner.
     */
    public B region(Region region) {
        this.region = Objects.requireNonNull(region, "region");
        return self();
    }

    /** Sets whether closing what is built also closes what it wraps; false by default, since it was made by somebody else. */
    public B closeWrapped(boolean close) {
        this.closeWrapped = close;
        return self();
    }

    /**
     * Sets what creates and opens messages: crypto provider, limits, what a reader accepts. By default one with the defaults of
     * {@link MessageEngine.Builder}, made when it is first needed.
     */
    public B messageEngine(MessageEngine engine) {
        Objects.requireNonNull(engine, "engine");
        this.engine = () -> engine;
        return self();
    }

    /**
     * Adds a keyring for reading only, asked after those of the policy: for client-side encrypted objects that a former policy or another application
     * wrote. None by default.
     */
    public B readKeyring(Keyring keyring) {
        readKeyrings.add(Objects.requireNonNull(keyring, "keyring"));
        return self();
    }

    /**
     * Adds a key for reading objects of the S3 Encryption Client, V3 and V2 with AES-GCM, asked after those of the policy; of several with the wrapping of the
     * object one after the other. None by default, and such objects are then refused.
     */
    public B s3ecKeyring(S3ecKeyring keyring) {
        s3ecKeyrings.add(Objects.requireNonNull(keyring, "keyring"));
        return self();
    }

    /**
     * Sets whether a read is refused where every rule that can apply to the object is client-side and the object is not encrypted on the client, so
     * that nobody passes off plaintext of their own. False by default: buckets may hold objects from before the rule.
     */
    public B requireClientSide(boolean required) {
        this.requireClientSide = required;
        return self();
    }

    /**
     * Sets whether messages without object identity are read, which other AWS Encryption SDKs write; the response says so, see {@link ClientSideObject}.
     * False by default.
     *
     * <p>An object without the metadata entry {@code envelope} is one of them if it begins with a message header and a keyring has one of the header's wrapped
     * keys; else it is a plain object, even if it looks like a message. A message that does not open though a keyring has its key is refused. So that this can be told, HEAD and reads of ranges
     * or parts of objects without the entry fetch their first 4 KiB, once per object and ETag, and ask the keyring for the key where these are a header.
     */
    public B acceptForeignMessages(boolean accept) {
        this.acceptForeignMessages = accept;
        return self();
    }

    /**
     * Sets whether ListObjects, ListObjectsV2 and ListObjectVersions answer the sizes of objects that are encrypted on the client in plaintext terms, as HEAD
     * does; paginators too. False by default: sizes are then those S3 stores.
     *
     * <p><b>It costs up to one HEAD per listed object</b>, a thousand on a full page, with the permission to read the objects: a listing says nothing of metadata. None is needed for
     * objects no client-side rule and no keyring for reading can concern, for empty ones, and for those whose ETag this client has seen, of which it
     * remembers 10,000. The asynchronous client has 16 under way at a time; the synchronous one sends them one after the other, on the caller's
     * thread. An object that is listed and cannot be looked at, because that is denied, it is gone, or it is of a form that is not read, has
     * no size ({@code null}) rather than a wrong one.
     */
    public B plaintextSizesInListings(boolean wanted) {
        this.plaintextSizes = wanted;
        return self();
    }

    /** Sets where objects of the S3 Encryption Client wait until they are verified. {@link HoldBack#defaults()} by default. */
    public B holdBack(HoldBack holdBack) {
        this.holdBack = Objects.requireNonNull(holdBack, "holdBack");
        return self();
    }

    /**
     * Sets that old objects of the S3 Encryption Client are read too: V1, AES-CBC, and those with an instruction file. Off by default, and such objects
     * are then refused. <b>Contents in AES-CBC have no authentication</b>: whoever can write them decides what a reader gets. See
     * {@link LegacyReads} for what is read and what it costs: a HEAD before each GET, and one more request for objects without an envelope. HEAD says the length of
     * the plaintext as far as their metadata tells it.
     */
    public B legacyUnauthenticatedReads(LegacyReads reads) {
        this.legacyReads = Objects.requireNonNull(reads, "reads");
        return self();
    }

    /**
     * Sets what is found out about the KMS key of an object before it is read. Nothing by default. A presigner reads nothing and asks nothing.
     */
    public B preflight(Preflight preflight) {
        this.preflight = Objects.requireNonNull(preflight, "preflight");
        return self();
    }

    /** Sets who hears which objects are written and read; nobody by default. A presigner tells nothing. */
    public B listener(EnvelopeListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return self();
    }

    /** Sets what is done to find out why a request was denied; {@link Diagnosis#passive()} by default, which makes no call. A presigner sends nothing, and has no use for it. */
    public B diagnose(Diagnosis diagnosis) {
        this.diagnosis = Objects.requireNonNull(diagnosis, "diagnosis");
        return self();
    }

    /**
     * Sets that large objects are put and read in several pieces at a time. Off by default, for what it costs in memory, permissions and ETags, see
     * {@link ParallelTransfers}. The synchronous client needs its executor. A presigner transfers nothing.
     */
    public B parallelTransfers(ParallelTransfers settings) {
        this.parallelTransfers = Objects.requireNonNull(settings, "settings");
        return self();
    }

    abstract B self();

    final Preflights preflights(ReadPort port, Wrapped wrapped, Executor blocking) {
        return Preflights.of(preflight, requiredPolicy(), port, wrapped.credentials(), blocking, events());
    }

    final ObjectEvents events() {
        return new ObjectEvents(listener);
    }

    final Diagnosis diagnosis() {
        return diagnosis;
    }

    final @Nullable LegacyGets legacyGets(Executor blocking) {
        return legacyReads == null ? null : new LegacyGets(legacyReads.objects(blocking));
    }

    final ClientSideKeys clientSideKeys(Executor blocking) {
        return new ClientSideKeys(engine, blocking);
    }

    final ClientSideReads clientSideReads(ClientSideKeys keys) {
        return new ClientSideReads(
                requiredPolicy(),
                new ClientSideSettings(readKeyrings, s3ecKeyrings, requireClientSide, acceptForeignMessages, holdBack),
                keys);
    }

    final ClientSideFacts clientSideFacts(ClientSideReads reads) {
        return new ClientSideFacts(reads, plaintextSizes, legacyReads != null);
    }

    final Optional<ParallelTransfers> parallelTransfers() {
        return Optional.ofNullable(parallelTransfers);
    }

    /** The synchronous client has no threads of its own. */
    final void requireExecutor() {
        if (parallelTransfers()
                .filter(settings -> settings.executor().isEmpty())
                .isPresent()) {
            throw new EnvelopeException(
                    "Parallel transfers of the synchronous client need threads to send pieces on: set"
                            + " ParallelTransfers.Builder.executor. None is made behind your back.");
        }
    }

    final boolean closesWrapped() {
        return closeWrapped;
    }

    final EncryptionPolicy requiredPolicy() {
        if (policy == null) {
            throw new EnvelopeException("An encryption policy is required. To send no encryption headers at all, use"
                    + " EncryptionPolicy.always(EncryptionMode.bucketDefault()).");
        }
        return policy;
    }

    final RequestTransformer transformer(Optional<String> wrappedRegion, Transport transport, KeyExecutors executors) {
        return transformer(wrappedRegion, transport, executors, Uploads.none(), Preflights.none());
    }

    final RequestTransformer transformer(
            Optional<String> wrappedRegion,
            Transport transport,
            KeyExecutors executors,
            Uploads uploads,
            Preflights preflights) {
        Optional<String> sentTo = region == null ? wrappedRegion : Optional.of(region.id());
        return new RequestTransformer(
                new Surroundings(requiredPolicy(), guard, sentTo, transport, readKeys, executors), uploads, preflights);
    }

    static <V> V required(@Nullable V wrapped, String what) {
        if (wrapped == null) {
            throw new EnvelopeException("There is nothing to wrap: give the builder " + what
                    + ". None is made with default settings behind your back.");
        }
        return wrapped;
    }
}
