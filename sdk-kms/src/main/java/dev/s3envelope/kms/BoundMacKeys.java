package dev.s3envelope.kms;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.GenerateMacRequest;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

/** A {@link KmsMacKeySource} on behalf of one principal: it sees that principal's MACs and no others. */
final class BoundMacKeys implements SseCKeySource {
    private final KmsMacKeySource source;
    private final MacKeys keys;
    private final KmsClients.Signed signers;

    BoundMacKeys(KmsMacKeySource source, MacKeys keys, KmsClients.Signed signers) {
        this.source = source;
        this.keys = keys;
        this.signers = signers;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public boolean blocking() {
        return source.blocking();
    }

    @Override
    public OptionalInt version() {
        return source.version();
    }

    @Override
    public SseCKeySource atVersion(int version) {
        return source.atVersion(version);
    }

    @Override
    public CompletionStage<SseCKeySource> onBehalfOf(RequestCredentials credentials) {
        return source.onBehalfOf(credentials);
    }

    @Override
    public CompletionStage<Void> prepare(ObjectAddress object) {
        List<MacCache.Id> ids;
        try {
            ids = ids(keys.derived(object));
        } catch (EnvelopeException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (MacCache.Id id : ids) {
            all = all.thenAcceptBoth(keys.macs().require(id, () -> ask(id)), (before, now) -> {});
        }
        return all.thenRun(() -> {
            if (ids.stream().allMatch(id -> keys.macs().mac(id).isEmpty())) {
                throw why(ids.get(0));
            }
        });
    }

    private CompletionStage<SecretBytes> ask(MacCache.Id id) {
        GenerateMacRequest request = GenerateMacRequest.builder()
                .keyId(id.key().text())
                .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                .message(SdkBytes.fromByteArray(MacDerivation.message(id.version(), id.bucket())))
                .build();
        return signers.calls()
                .of(id.key())
                .generateMac(request)
                .thenApply(response -> KmsAnswers.mac(response, id.key()));
    }

    @Override
    public SseCKey keyForWrite(ObjectAddress object) {
        ObjectAddress derived = keys.derived(object);
        MacCache.Id current = ids(derived).get(0);
        return key(current, derived).orElseThrow(() -> why(current));
    }

    @Override
    public List<SseCKey> keysForRead(ObjectAddress object) {
        ObjectAddress derived = keys.derived(object);
        List<SseCKey> found = new ArrayList<>();
        ids(derived).forEach(id -> key(id, derived).ifPresent(found::add));
        return found;
    }

    @Override
    public List<EnvelopeException> missing(ObjectAddress object) {
        return ids(keys.derived(object)).stream()
                .filter(id -> keys.macs().mac(id).isEmpty())
                .map(this::why)
                .toList();
    }

    private List<MacCache.Id> ids(ObjectAddress derived) {
        return keys.macs(signers.principal(), derived.bucket());
    }

    private Optional<SseCKey> key(MacCache.Id id, ObjectAddress derived) {
        return keys.macs().mac(id).map(mac -> MacDerivation.objectKey(keys.crypto(), mac, id.version(), derived));
    }

    private EnvelopeException why(MacCache.Id id) {
        if (keys.macs().isClosed()) {
            return new EnvelopeException("SSE-C key source " + name() + " is closed.");
        }
        return keys.macs()
                .failure(id)
                .map(failure -> MacFailures.explained(name(), id.key(), id.version(), failure))
                .orElseGet(() -> new EnvelopeException("The MAC for bucket " + id.bucket() + " in SSE-C key source "
                        + name() + " has expired since it was prepared. Await prepare for the object again."));
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
