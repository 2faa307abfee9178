package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.Faults;
import dev.s3envelope.local.internal.iam.AccessControl.Verdict;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.KeyAccess;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** KMS of one instance: the service for the wire, the backend for S3, and the set-up by its owner, which passes no gate and is not logged. */
public final class Kms {
    private final KeyStore store;
    private final Accounts accounts;
    private final KmsService service;
    private final KmsBackend backend;
    private final KmsOperations ungated;

    /** How the instance is made; {@code directory} null keeps keys in memory. */
    public record Settings(
            Clock clock,
            SecureRandom random,
            Duration latency,
            Duration grantPropagation,
            @Nullable Path directory) {}

    public Kms(Settings settings, Accounts accounts, KeyAccess access, EventLog events, Faults faults) {
        this.accounts = accounts;
        Journal journal = new Journal();
        this.store = new KeyStore(journal, settings.random(), settings.clock());
        if (settings.directory() != null) {
            KeyFiles.load(settings.directory(), store);
            journal.to = new KeyFiles(settings.directory());
        }
        KmsOperations operations = new KmsOperations(store, access, settings.grantPropagation());
        this.service = new KmsService(operations, accounts, events, settings.clock(), settings.latency());
        this.backend = new S3KmsBackend(service, store, accounts, faults);
        this.ungated = new KmsOperations(store, new Ungated(access), settings.grantPropagation());
    }

    public KmsService service() {
        return service;
    }

    public KmsBackend backend() {
        return backend;
    }

    /** Performs an operation as the root user of an account, past the gate; answers as KMS does. */
    public ObjectNode administer(String account, String region, String operation, Consumer<ObjectNode> parameters) {
        ObjectNode in = JsonNodeFactory.instance.objectNode();
        parameters.accept(in);
        return ungated.serve(
                new KmsCall(operation, Parameters.of(in), accounts.rootOf(account), region, true, null, null));
    }

    public boolean hasAlias(String account, String region, String name) {
        return store.alias(account, region, name).isPresent();
    }

    /** Puts a key into any state, to see what it does to its users. */
    public void force(String account, String region, String keyId, KeyState state) {
        KmsKey key = store.find(account, region, keyId)
                .orElseThrow(() -> KmsErrors.notFound("Invalid keyId '" + keyId + "'"));
        key.state(state, state == KeyState.PENDING_DELETION ? store.now().plus(Duration.ofDays(30)) : null);
        store.changed(key);
    }

    /** Nothing is kept while what was kept is loaded. */
    private static final class Journal implements KeyStore.Journal {
        private KeyStore.Journal to = NONE;

        @Override
        public void keyChanged(KmsKey key) {
            to.keyChanged(key);
        }

        @Override
        public void keyRemoved(KmsKey key) {
            to.keyRemoved(key);
        }

        @Override
        public void aliasesChanged(KeyStore.Place place, List<KeyStore.Alias> aliases) {
            to.aliasesChanged(place, aliases);
        }
    }

    /** Allows everything; policies must still be well-formed. */
    private record Ungated(KeyAccess access) implements KeyAccess {
        @Override
        public Verdict decide(Question question) {
            return new Verdict(true, "", List.of());
        }

        @Override
        public void checkKeyPolicy(String policyJson) {
            access.checkKeyPolicy(policyJson);
        }

        @Override
        public boolean sameOrganization(String one, String other) {
            return access.sameOrganization(one, other);
        }
    }
}
