package dev.s3envelope.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example of docs/policy-file.md is a policy, and decides as the text around it says. */
class PolicyFileDocumentTest {
    @Test
    void theExampleOfTheDocumentWorks() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "policy-file.md"));
        int from = document.indexOf("```json") + "```json".length();
        String json = document.substring(from, document.indexOf("```", from));
        SseCKeySource backup = SseCKeySource.fixed("backup", SseCKey.of(new byte[32]));

        EncryptionPolicy policy = EncryptionPolicy.fromJson(json, KeySources.of(backup));

        assertEquals(policy, EncryptionPolicy.fromJson(policy.toJson(), KeySources.of(backup)));
        assertEquals(
                EncryptionMode.sseC(backup),
                policy.decide(ObjectDescription.builder("backup", "x")
                                .tags(Map.of("class", "backup"))
                                .build())
                        .mode());
        assertEquals(
                "two layers",
                policy.decide(ObjectDescription.builder("other", "a/restricted/b/c")
                                .metadata(Map.of("Class", "secret"))
                                .build())
                        .rule()
                        .name());
        assertEquals(
                "rest",
                policy.decide(ObjectDescription.of("corp-eu", "payroll/unknown-size"))
                        .rule()
                        .name());
    }
}
