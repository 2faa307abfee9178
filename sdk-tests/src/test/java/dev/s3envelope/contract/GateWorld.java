package dev.s3envelope.contract;

import dev.s3envelope.contract.GateMatrixTest.Asking;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.kms.StsPrincipalLookup;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.Diagnosis;
import dev.s3envelope.s3.EnvelopeS3Client;
import dev.s3envelope.s3.Preflight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/** Buckets, keys, objects and principals for every cell of the matrix, in one instance of LocalAws; each is made when a cell first needs it. */
final class GateWorld implements AutoCloseable {
    private static final String HOME = "us-east-1";
    private static final String ABROAD = "eu-west-1";
    private static final byte[] BODY = {1, 2, 3, 4};

    private final LocalAws aws = LocalAws.start();
    private final LocalAccount bucketAccount = aws.account("111122223333");
    private final LocalAccount partner = aws.account("444455556666");
    private final Map<Object, LocalUser> users = new HashMap<>();
    private final Map<Object, LocalKey> keys = new HashMap<>();
    private final Map<Object, EnvelopeS3Client> clients = new HashMap<>();
    private final Map<Object, String> buckets = new HashMap<>();
    private final Set<Cell> stored = new HashSet<>();
    private final List<KmsClient> abroad = new ArrayList<>();

    /** Whose principal asks. */
    enum Owner {
        THE_SAME_ACCOUNT,
        ANOTHER_ACCOUNT
    }

    /** Whether S3 allows. */
    enum S3Rights {
        ALLOWED,
        NONE
    }

    /** What the KMS gate rests on. */
    enum KmsRights {
        KEY_POLICY,
        IAM,
        GRANT,
        NONE,
        EXPLICIT_DENY,
        THROUGH_S3_ONLY,
        FOR_THE_OBJECT,
        FOR_THE_BUCKET
    }

    /** How the object is encrypted. */
    enum Encryption {
        SSE_KMS,
        BUCKET_KEY,
        DSSE,
        CLIENT_SIDE
    }

    /** What became of the key. */
    enum KeyFate {
        ENABLED,
        DISABLED,
        PENDING_DELETION,
        OTHER_REGION
    }

    /** One combination. */
    record Cell(Owner owner, S3Rights s3, KmsRights kms, Encryption encryption, KeyFate fate) {
        static Stream<Cell> all() {
            List<Cell> all = new ArrayList<>();
            for (Owner owner : Owner.values()) {
                for (S3Rights s3 : S3Rights.values()) {
                    for (KmsRights kms : KmsRights.values()) {
                        for (Encryption encryption : Encryption.values()) {
                            for (KeyFate fate : KeyFate.values()) {
                                all.add(new Cell(owner, s3, kms, encryption, fate));
                            }
                        }
                    }
                }
            }
            return all.stream();
        }

        /**
         * Whether the cell is a write: no object of S3's can be under a key of another Region, but a bucket can have one as its default, which S3 does not check
         * (Amazon S3 API Reference, PutBucketEncryption).
         */
        boolean writes() {
            return fate == KeyFate.OTHER_REGION && encryption != Encryption.CLIENT_SIDE;
        }

        String name() {
            return String.join("-", owner.name(), s3.name(), kms.name(), encryption.name(), fate.name())
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '-');
        }
    }

    EventLog events() {
        return aws.events();
    }

    byte[] body(Cell cell) {
        return cell.writes() ? new byte[0] : BODY.clone();
    }

    /** Reads the object of a cell as its principal, or writes one, which answers nothing. */
    byte[] use(Cell cell, Asking asking) {
        String bucket = bucket(cell);
        S3Client s3 = client(cell, asking);
        if (cell.writes()) {
            s3.putObject(b -> b.bucket(bucket).key(cell.name()), RequestBody.fromBytes(BODY));
            return new byte[0];
        }
        store(cell, bucket);
        return s3.getObjectAsBytes(b -> b.bucket(bucket).key(cell.name())).asByteArray();
    }

    private S3Client client(Cell cell, Asking asking) {
        LocalUser user = user(cell);
        Region region = cell.fate() == KeyFate.OTHER_REGION ? Region.of(ABROAD) : Region.of(HOME);
        return made(clients, List.of(user.arn(), region, key(cell).arn(), asking), () -> {
            KmsClient kms = kms(user, region);
            Diagnosis active =
                    Diagnosis.active().keyAccess(KmsKeyAccess.of(kms)).principals(StsPrincipalLookup.of(aws.sts(user)));
            EnvelopeS3Client.Builder client = EnvelopeS3Client.builder()
                    .wrapping(aws.s3(user))
                    .policy(EncryptionPolicy.always(EncryptionMode.bucketDefault()))
                    .writeGuard(WriteGuard.builder()
                            .bucketDirectory(BucketDirectory.builder()
                                    .allOthersOwnedBy(AccountId.of(bucketAccount.id()))
                                    .build())
                            .build())
                    .readKeyring(KmsKeyring.builder()
                            .client(kms)
                            .generator(key(cell).arn())
                            .build())
                    .diagnose(asking == Asking.NOTHING ? Diagnosis.passive() : active);
            if (asking == Asking.BEFORE) {
                client.preflight(
                        Preflight.builder().keyAccess(KmsKeyAccess.of(kms)).build());
            }
            return client.build();
        });
    }

    private KmsClient kms(LocalPrincipal who, Region region) {
        if (region.id().equals(HOME)) {
            return aws.kms(who);
        }
        KmsClient client =
                aws.configure(KmsClient.builder(), who).region(region).build();
        abroad.add(client);
        return client;
    }

    private LocalUser user(Cell cell) {
        return made(users, List.of(cell.owner(), cell.s3(), cell.kms()), () -> {
            boolean own = cell.owner() == Owner.THE_SAME_ACCOUNT;
            LocalUser user = (own ? bucketAccount : partner).createUser("u" + users.size());
            if (cell.s3() == S3Rights.ALLOWED) {
                user.allow("s3:GetObject").allow("s3:PutObject");
            }
            boolean byIam = switch (cell.kms()) {
                case IAM, EXPLICIT_DENY -> true;
                case KEY_POLICY, THROUGH_S3_ONLY, FOR_THE_OBJECT, FOR_THE_BUCKET -> !own;
                case GRANT, NONE -> false;
            };
            if (byIam) {
                user.allow("kms:Decrypt").allow("kms:GenerateDataKey");
            }
            return user;
        });
    }

    private String bucket(Cell cell) {
        return made(buckets, cell.writes() ? cell : "all", () -> {
            String bucket = "matrix" + buckets.size();
            S3Client admin = aws.s3(bucketAccount.root());
            admin.createBucket(b -> b.bucket(bucket));
            admin.putBucketPolicy(b -> b.bucket(bucket).policy("""
                    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"},
                     "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::%s/*"}}""".formatted(partner.id(), bucket)));
            if (cell.writes()) {
                admin.putBucketEncryption(b -> b.bucket(bucket)
                        .serverSideEncryptionConfiguration(
                                c -> c.rules(byDefault(cell, key(cell).arn()))));
            }
            return bucket;
        });
    }

    private static ServerSideEncryptionRule byDefault(Cell cell, String key) {
        return ServerSideEncryptionRule.builder()
                .applyServerSideEncryptionByDefault(ServerSideEncryptionByDefault.builder()
                        .sseAlgorithm(algorithm(cell))
                        .kmsMasterKeyID(key)
                        .build())
                .bucketKeyEnabled(cell.encryption() == Encryption.BUCKET_KEY ? Boolean.TRUE : null)
                .build();
    }

    private static ServerSideEncryption algorithm(Cell cell) {
        return cell.encryption() == Encryption.DSSE ? ServerSideEncryption.AWS_KMS_DSSE : ServerSideEncryption.AWS_KMS;
    }

    /** Writes the object while the key is in use, then lets the key meet its fate. */
    private void store(Cell cell, String bucket) {
        LocalKey key = key(cell);
        if (!stored.add(cell)) {
            return;
        }
        key.forceState("Enabled");
        if (cell.encryption() == Encryption.CLIENT_SIDE) {
            Region region = Region.of(key.region());
            EnvelopeS3Client.builder()
                    .wrapping(aws.s3(bucketAccount.root()))
                    .policy(EncryptionPolicy.always(EncryptionMode.clientSide(
                            "matrix",
                            KmsKeyring.builder()
                                    .client(kms(bucketAccount.root(), region))
                                    .generator(key.arn())
                                    .build())))
                    .build()
                    .putObject(b -> b.bucket(bucket).key(cell.name()), RequestBody.fromBytes(BODY));
        } else {
            aws.s3(bucketAccount.root())
                    .putObject(
                            PutObjectRequest.builder()
                                    .bucket(bucket)
                                    .key(cell.name())
                                    .serverSideEncryption(algorithm(cell))
                                    .ssekmsKeyId(KeyReference.parse(key.arn()).text())
                                    .bucketKeyEnabled(cell.encryption() == Encryption.BUCKET_KEY ? Boolean.TRUE : null)
                                    .build(),
                            RequestBody.fromBytes(BODY));
        }
        switch (cell.fate()) {
            case DISABLED -> key.forceState("Disabled");
            case PENDING_DELETION -> key.forceState("PendingDeletion");
            case ENABLED, OTHER_REGION -> {}
        }
    }

    private LocalKey key(Cell cell) {
        // A key for each object: the object's name can be in its policy.
        return made(keys, cell, () -> {
            LocalKey key = bucketAccount.createKey(cell.fate() == KeyFate.OTHER_REGION ? ABROAD : HOME);
            LocalUser user = user(cell);
            key.policy(policy(cell, user));
            if (cell.kms() == KmsRights.GRANT) {
                kms(bucketAccount.root(), Region.of(key.region()))
                        .createGrant(g -> g.keyId(key.arn())
                                .granteePrincipal(user.arn())
                                .operations(GrantOperation.DECRYPT, GrantOperation.GENERATE_DATA_KEY));
            }
            return key;
        });
    }

    private String policy(Cell cell, LocalUser user) {
        String bucket = bucket(new Cell(cell.owner(), cell.s3(), cell.kms(), cell.encryption(), KeyFate.ENABLED));
        String delegation = statement("Allow", "arn:aws:iam::" + bucketAccount.id() + ":root", "kms:*", "");
        boolean foreign = cell.owner() == Owner.ANOTHER_ACCOUNT;
        String whole = "arn:aws:iam::" + partner.id() + ":root";
        String use = "kms:Decrypt\", \"kms:GenerateDataKey";
        String mine = switch (cell.kms()) {
            case KEY_POLICY -> statement("Allow", user.arn(), use, "");
            case IAM, NONE -> foreign ? statement("Allow", whole, use, "") : "";
            case GRANT -> "";
            case EXPLICIT_DENY ->
                (foreign ? statement("Allow", whole, use, "") : "") + statement("Deny", user.arn(), use, "");
            case THROUGH_S3_ONLY ->
                statement("Allow", user.arn(), use, "\"kms:ViaService\": \"s3." + HOME + ".amazonaws.com\"");
            case FOR_THE_OBJECT ->
                statement("Allow", user.arn(), use, context("arn:aws:s3:::" + bucket + "/" + cell.name()));
            case FOR_THE_BUCKET -> statement("Allow", user.arn(), use, context("arn:aws:s3:::" + bucket));
        };
        return "{\"Version\": \"2012-10-17\", \"Statement\": [" + (delegation + mine).substring(1) + "]}";
    }

    private static String context(String arn) {
        return "\"kms:EncryptionContext:aws:s3:arn\": \"" + arn + "\"";
    }

    private static String statement(String effect, String principal, String actions, String condition) {
        return ",{\"Effect\": \"" + effect + "\", \"Principal\": {\"AWS\": \"" + principal + "\"}, \"Action\": [\""
                + actions
                + "\"], \"Resource\": \"*\""
                + (condition.isEmpty() ? "" : ", \"Condition\": {\"StringEquals\": {" + condition + "}}") + "}";
    }

    /** What is known under a key, made where it is not; making it may make other things. */
    private static <K, V> V made(Map<K, V> known, K key, Supplier<V> maker) {
        V value = known.get(key);
        if (value == null) {
            value = maker.get();
            known.put(key, value);
        }
        return value;
    }

    @Override
    public void close() {
        abroad.forEach(KmsClient::close);
        aws.close();
    }
}
