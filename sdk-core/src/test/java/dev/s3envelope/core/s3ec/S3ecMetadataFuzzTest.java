package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Metadata is whatever S3 hands back: only the declared exceptions come out of it, and what parses is written back as it was meant. Runs when asked to fuzz, {@code JAZZER_FUZZ=1}: without
 * found inputs to replay it would only cost the start of the agent; {@link S3ecMetadataTest} has generated inputs for every build. */
@EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = "1")
class S3ecMetadataFuzzTest {
    private static final List<String> NAMES = List.copyOf(MetadataKeys.ALL);

    @FuzzTest
    void throwsDeclaredExceptionsOnly(FuzzedDataProvider data) {
        Map<String, String> metadata = new TreeMap<>();
        while (data.remainingBytes() > 0) {
            metadata.put(data.pickValue(NAMES), data.consumeString(400));
        }
        try {
            S3ecEnvelope envelope = S3ecMetadata.parse(metadata);
            assertEquals(envelope, S3ecMetadata.parse(S3ecMetadata.toMetadata(envelope)));
        } catch (IntegrityException | OperationRefusedException declared) {
            // the contract
        }
    }
}
