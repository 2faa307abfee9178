package dev.s3envelope.core.iam;

import java.io.IOException;
import java.io.StringWriter;
import java.util.Set;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.awssdk.thirdparty.jackson.core.JsonLocation;
import software.amazon.awssdk.thirdparty.jackson.core.JsonParser;
import software.amazon.awssdk.thirdparty.jackson.core.JsonProcessingException;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;
import software.amazon.awssdk.thirdparty.jackson.core.StreamReadFeature;

/**
 * Checks the JSON of a policy against the policy grammar and rewrites it into what the policy builder's reader accepts.
 *
 * <p>That reader ignores elements it does not know, repeated names and text after the document, and drops a condition whose list of
 * values is empty: each would silently change what the document means. It also refuses numbers as condition values, which AWS
 * takes. So this comes first: what the reader would ignore is refused with its place, and scalars become strings.
 */
final class PolicySyntax {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Set<String> LISTS = Set.of("Action", "NotAction", "Resource", "NotResource");

    private final String document;
    private final PolicyType type;
    private final JsonParser in;
    private final JsonGenerator out;

    private PolicySyntax(String document, PolicyType type, JsonParser in, JsonGenerator out) {
        this.document = document;
        this.type = type;
        this.in = in;
        this.out = out;
    }

    /** The same policy with every scalar a string, valid by the grammar. */
    static String normalise(String document, PolicyType type, String json) {
        StringWriter text = new StringWriter(json.length());
        try (JsonParser in = JSON.createParser(json);
                JsonGenerator out = JSON.createGenerator(text)) {
            PolicySyntax syntax = new PolicySyntax(document, type, in, out);
            syntax.policy();
            if (in.nextToken() != null) {
                throw syntax.malformed("text after the end of the document");
            }
        } catch (JsonProcessingException e) {
            throw new MalformedPolicyException(document, notJson(type), where(e.getLocation()), e);
        } catch (IOException e) {
            throw new IllegalStateException("Reading from memory does not fail", e);
        }
        return text.toString();
    }

    private void policy() throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw malformed(notJson(type));
        }
        out.writeStartObject();
        boolean statements = false;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            out.writeFieldName(name);
            in.nextToken();
            switch (name) {
                case "Version", "Id" -> string(name);
                case "Statement" -> {
                    statements = true;
                    statements();
                }
                default -> throw malformed("Unknown field " + name);
            }
        }
        out.writeEndObject();
        if (!statements) {
            throw malformed("Missing required field Statement");
        }
    }

    private void statements() throws IOException {
        out.writeStartArray();
        if (in.currentToken() == JsonToken.START_ARRAY) {
            int count = 0;
            for (; in.nextToken() != JsonToken.END_ARRAY; count++) {
                statement();
            }
            if (count == 0) {
                throw malformed("Missing required field Statement");
            }
        } else {
            statement();
        }
        out.writeEndArray();
    }

    private void statement() throws IOException {
        startObject("Statement");
        boolean effect = false;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            out.writeFieldName(name);
            in.nextToken();
            if (LISTS.contains(name)) {
                strings(name, false);
            } else {
                switch (name) {
                    case "Sid" -> string(name);
                    case "Effect" -> {
                        effect = true;
                        String text = in.getText();
                        string(name);
                        if (!text.equals("Allow") && !text.equals("Deny")) {
                            throw malformed("Invalid effect: " + text);
                        }
                    }
                    case "Principal", "NotPrincipal" -> principal(name);
                    case "Condition" -> condition();
                    default -> throw malformed("Unknown field " + name);
                }
            }
        }
        out.writeEndObject();
        if (!effect) {
            throw malformed("Missing required field Effect");
        }
    }

    private void principal(String name) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_STRING && in.getText().equals("*")) {
            out.writeString("*");
            return;
        }
        startObject(name);
        int count = 0;
        for (; in.nextToken() == JsonToken.FIELD_NAME; count++) {
            String kind = in.currentName();
            out.writeFieldName(kind);
            in.nextToken();
            strings(name + " " + kind, false);
        }
        if (count == 0) {
            throw malformed("Invalid principal in policy: " + name + " names nobody");
        }
        out.writeEndObject();
    }

    private void condition() throws IOException {
        startObject("Condition");
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String operator = in.currentName();
            if (ConditionOperator.parse(operator).isEmpty()) {
                throw malformed("Invalid Condition type : " + operator);
            }
            out.writeFieldName(operator);
            in.nextToken();
            startObject("Condition " + operator);
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String key = in.currentName();
                if (key.isBlank()) {
                    throw malformed("Condition " + operator + " has a key without a name");
                }
                out.writeFieldName(key);
                in.nextToken();
                strings("Condition " + operator + " " + key, true);
            }
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private void strings(String element, boolean scalars) throws IOException {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            scalar(element, scalars);
            return;
        }
        out.writeStartArray();
        int count = 0;
        for (; in.nextToken() != JsonToken.END_ARRAY; count++) {
            scalar(element, scalars);
        }
        if (count == 0) {
            throw malformed(element + " has an empty list");
        }
        out.writeEndArray();
    }

    private void scalar(String element, boolean scalars) throws IOException {
        JsonToken token = in.currentToken();
        boolean fits =
                token == JsonToken.VALUE_STRING || (scalars && token.isScalarValue() && token != JsonToken.VALUE_NULL);
        if (!fits) {
            throw malformed(element + " must be a string or a list of strings");
        }
        out.writeString(in.getText());
    }

    private void string(String name) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw malformed(name + " must be a string");
        }
        out.writeString(in.getText());
    }

    private void startObject(String name) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw malformed(name + " must be an object");
        }
        out.writeStartObject();
    }

    private MalformedPolicyException malformed(String reason) {
        return new MalformedPolicyException(document, reason, where(in.currentTokenLocation()));
    }

    private static String where(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static String notJson(PolicyType type) {
        return switch (type) {
            case BUCKET -> "Policies must be valid JSON and the first byte must be '{'";
            case KEY -> "This policy contains invalid Json";
            default -> "Syntax errors in policy.";
        };
    }
}
