package dev.s3envelope.local.internal.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/** Whether a bucket policy is public: it allows something to everyone without any condition. */
final class PolicyStatus {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PolicyStatus() {}

    static boolean isPublic(String policy) {
        try {
            JsonNode statements = JSON.readTree(policy).path("Statement");
            for (JsonNode statement : statements.isArray() ? statements : List.of(statements)) {
                if (statement.path("Effect").asText().equals("Allow")
                        && statement.path("Condition").isEmpty()
                        && everyone(statement.path("Principal"))) {
                    return true;
                }
            }
            return false;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean everyone(JsonNode principal) {
        JsonNode named = principal.isObject() ? principal.path("AWS") : principal;
        if (named.isArray()) {
            for (JsonNode one : named) {
                if (one.asText().equals("*")) {
                    return true;
                }
            }
        }
        return named.asText().equals("*");
    }
}
