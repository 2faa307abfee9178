package dev.s3envelope.local.internal.iam;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.Evaluation;
import dev.s3envelope.core.iam.GatePolicies;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.MalformedPolicyException;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.iam.S3Gate;
import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.Caller;
import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Both gates over the accounts of one instance: puts together what the evaluator of the core needs to know of a request, and words its
 * answer as AWS does. Thread-safe.
 */
public final class Gates implements AccessControl, KeyAccess {
    private static final String OPAQUE = "Access Denied";

    private final Accounts accounts;
    private final Clock clock;
    private final S3Gate s3 = S3Gate.create();
    private final KmsGate kms = KmsGate.create();

    /** Resource policies by their text: they are evaluated on every request and change rarely. */
    private final Cache<DocumentKey, PolicyDocument> documents =
            Caffeine.newBuilder().maximumSize(2_000).build();

    private record DocumentKey(PolicyType type, String name, String json) {}

    public Gates(Accounts accounts, Clock clock) {
        this.accounts = accounts;
        this.clock = clock;
    }

    @Override
    public Verdict decide(S3Access access) {
        @Nullable Identity identity = identity(access.caller());
        Principal principal = identity == null ? Principal.anonymous() : identity.principal();
        @Nullable
        String owner = access.bucketOwner() == null ? principal.account().orElse(null) : access.bucketOwner();
        AccessRequest.Builder request = AccessRequest.builder(principal, access.action(), access.resource())
                .resourceAccount(owner);
        access.conditions().forEach(request::context);
        connection(request, access.region(), access.secure(), access.source(), null, owner);

        GatePolicies.Builder policies = policies(identity, owner);
        if (access.bucketPolicy() != null) {
            policies.resource(document(PolicyType.BUCKET, "bucket policy", access.bucketPolicy()));
        }
        Evaluation evaluation = s3.evaluate(request.build(), policies.build());
        boolean detailed = identity != null && (owner == null || sameOrganization(identity.accountId(), owner));
        return verdict(evaluation, detailed ? evaluation.message() : OPAQUE);
    }

    private @Nullable Identity identity(Caller caller) {
        Credential credential = caller.credential();
        return credential == null ? null : accounts.identity(credential);
    }

    @Override
    public Verdict decide(Question question) {
        @Nullable GuardedKey key = question.key();
        Identity identity = question.identity();
        String owner = key == null ? identity.accountId() : key.account();
        AccessRequest.Builder request = AccessRequest.builder(
                        identity.principal(), question.action(), question.resource())
                .resourceAccount(owner)
                .encryptionContext(question.encryptionContext());
        question.conditions().forEach(request::context);
        connection(request, question.region(), question.secure(), question.source(), question.viaService(), owner);

        GatePolicies.Builder policies = policies(identity, owner);
        if (key != null) {
            policies.resource(document(PolicyType.KEY, "policy of " + key.arn(), key.policy()))
                    .grants(key.grants())
                    .awsManagedKey(key.awsManaged());
        }
        Evaluation evaluation = kms.evaluate(request.build(), policies.build());
        return verdict(evaluation, evaluation.message());
    }

    private GatePolicies.Builder policies(@Nullable Identity identity, @Nullable String owner) {
        GatePolicies.Builder policies = GatePolicies.builder();
        if (identity != null) {
            policies.identity(identity.policies());
            accounts.existing(identity.accountId())
                    .map(Account::serviceControl)
                    .filter(level -> !level.isEmpty())
                    .ifPresent(policies::serviceControlLevel);
        }
        accounts.existing(owner)
                .map(Account::resourceControl)
                .filter(level -> !level.isEmpty())
                .ifPresent(policies::resourceControlLevel);
        return policies;
    }

    private void connection(
            AccessRequest.Builder request,
            String region,
            boolean secure,
            @Nullable InetAddress source,
            @Nullable String viaService,
            @Nullable String owner) {
        request.time(clock.instant()).secureTransport(secure);
        if (!region.isEmpty()) {
            request.context(ContextKeys.AWS_REQUESTED_REGION, region);
        }
        if (source != null) {
            request.context(ContextKeys.AWS_SOURCE_IP, source.getHostAddress());
        }
        request.context(ContextKeys.AWS_VIA_AWS_SERVICE, String.valueOf(viaService != null));
        if (viaService != null) {
            request.context(ContextKeys.AWS_CALLED_VIA, "s3.amazonaws.com");
        }
        Optional<String> organization = accounts.existing(owner).flatMap(Account::organizationId);
        organization.ifPresent(id -> request.context(ContextKeys.AWS_RESOURCE_ORG_ID, id));
    }

    private static Verdict verdict(Evaluation evaluation, String refusal) {
        List<String> evidence = new ArrayList<>();
        evaluation.evidence().statements().forEach(statement -> evidence.add(statement.toString()));
        evaluation.evidence().grantIds().forEach(id -> evidence.add("grant " + id));
        evaluation
                .denial()
                .ifPresent(reason -> evidence.add(evaluation.request().action() + " denied: " + reason.text()));
        return new Verdict(evaluation.allowed(), evaluation.allowed() ? "" : refusal, evidence);
    }

    private PolicyDocument document(PolicyType type, String name, String json) {
        return documents.get(new DocumentKey(type, name, json), key -> PolicyDocument.parse(type, name, json));
    }

    @Override
    public void checkBucketPolicy(String bucket, String policyJson) {
        try {
            document(PolicyType.BUCKET, "bucket policy", policyJson).requireResourcesOf("arn:aws:s3:::" + bucket);
        } catch (MalformedPolicyException e) {
            throw new AwsError(400, "MalformedPolicy", e.reason());
        }
    }

    @Override
    public void checkKeyPolicy(String policyJson) {
        try {
            PolicyDocument.parse(PolicyType.KEY, "key policy", policyJson);
        } catch (MalformedPolicyException e) {
            throw new AwsError(400, "MalformedPolicyDocumentException", e.reason());
        }
    }

    @Override
    public boolean sameOrganization(String one, String other) {
        return accounts.sameOrganization(one, other);
    }

    @Override
    public String canonicalId(String accountId) {
        return accounts.account(accountId).canonicalId();
    }
}
