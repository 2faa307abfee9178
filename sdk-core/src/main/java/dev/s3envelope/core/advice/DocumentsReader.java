package dev.s3envelope.core.advice;

import dev.s3envelope.core.PolicySyntaxException;
import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.advice.AccessDocuments.OfPrincipal;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import dev.s3envelope.core.internal.JsonProblem;
import dev.s3envelope.core.internal.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the JSON form of {@link AccessDocuments} and of {@link AccessCase}. */
final class DocumentsReader {
    static final long VERSION = 1;

    /** What one file holds. */
    record Read(AccessDocuments documents, List<AccessCase> cases) {}

    private DocumentsReader() {}

    static Read read(String text, String source) {
        try {
            return file(JsonReader.read(text));
        } catch (JsonProblem e) {
            Json.Place at = e.place();
            throw new PolicySyntaxException(source, at.line(), at.column(), at.path(), e.why(), e.getCause());
        }
    }

    private static Read file(Json json) {
        JsonFields fields = JsonFields.of(json);
        Json version = fields.required("version");
        if (JsonFields.wholeNumber(version) != VERSION) {
            throw version.place().problem("this version reads documents of version " + VERSION + " only");
        }
        List<OfPrincipal> principals = Values.list(fields, "principals", DocumentsReader::principal);
        List<OfBucket> buckets = Values.list(fields, "buckets", BucketReader::bucket);
        List<OfKey> keys = Values.list(fields, "keys", KeyReader::key);
        List<AccessCase> cases = Values.list(fields, "access", CaseReader::read);
        fields.end();
        return new Read(new AccessDocuments(principals, buckets, keys), cases);
    }

    private static OfPrincipal principal(Json json) {
        JsonFields fields = JsonFields.of(json);
        Json arnAt = fields.required("arn");
        String arn = JsonFields.string(arnAt);
        Principal principal = Values.checked(arnAt, () -> Values.principal(arn));
        List<PolicyDocument> identity =
                Values.policies(fields, "identityPolicies", PolicyType.IDENTITY, "policy of " + arn);
        List<PolicyDocument> session =
                Values.policies(fields, "sessionPolicies", PolicyType.SESSION, "session policy of " + arn);
        PolicyDocument boundary = fields.optional("boundary")
                .map(b -> Values.policy(b, PolicyType.PERMISSIONS_BOUNDARY, "boundary of " + arn))
                .orElse(null);
        Map<String, String> tags = new TreeMap<>();
        fields.optional("tags").ifPresent(t -> JsonFields.strings(t).forEach((name, v) -> tags.put(name, v.value())));
        Principal whole = principal
                .withPermissionsBoundary(boundary)
                .withSessionPolicies(session)
                .withTags(tags)
                .withOrganization(Values.text(fields, "organization").orElse(null))
                .withUserId(Values.text(fields, "userId").orElse(null));
        List<List<PolicyDocument>> serviceControl =
                Values.levels(fields, "serviceControlPolicies", PolicyType.SERVICE_CONTROL, "service control policy");
        fields.end();
        return new OfPrincipal(whole, identity, new ArrayList<>(serviceControl));
    }
}
