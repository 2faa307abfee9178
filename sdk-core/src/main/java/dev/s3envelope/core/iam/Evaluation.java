package dev.s3envelope.core.iam;

import java.util.Optional;

/**
 * One gate's answer to one request.
 *
 * @param request the question
 * @param decision the answer
 * @param denial why not, present exactly when the decision is not {@link Decision#ALLOWED}
 * @param evidence the statements and grants the decision rests on
 */
public record Evaluation(AccessRequest request, Decision decision, Optional<DenialReason> denial, Evidence evidence) {
    public Evaluation {
        if (decision.isAllowed() == denial.isPresent()) {
            throw new IllegalArgumentException("A denial reason is present exactly for a denial");
        }
    }

    /** Whether the request passes this gate. */
    public boolean allowed() {
        return decision.isAllowed();
    }

    /**
     * The sentence AWS would put into its access denied error, with the resource in quotes for S3 as S3 writes it; for an allowed
     * request a sentence that says so.
     */
    public String message() {
        boolean s3 = request.service().equals("s3");
        String resource = s3 ? '"' + request.resource() + '"' : request.resource();
        String subject = "User: " + request.principal().displayArn();
        return denial.map(reason -> subject + " is not authorized to perform: " + request.action() + " on resource: "
                        + resource + " " + reason.text())
                .orElseGet(
                        () -> subject + " is authorized to perform: " + request.action() + " on resource: " + resource);
    }
}
