package dev.s3envelope.s3;

import dev.s3envelope.core.EnvelopeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * A multipart upload under client-side encryption as it can be given to another process, and the part size a caller may announce.
 *
 * <pre>{@code
 * s3.createMultipartUpload(r -> r.bucket("reports").key("q3.csv")
 *         .overrideConfiguration(ClientSideUpload.partSize(16 << 20)));        // optional: otherwise the parts tell
 * ...
 * ClientSideUpload given = s3.handOver("reports", "q3.csv", uploadId);         // this client sends no more parts of it
 * String text = given.text();                                                  // keep it anywhere: nothing in it is secret
 * other.takeOver(ClientSideUpload.parse(text));                                // in another process, once
 * }</pre>
 *
 * <p>An upload is one message under one data key, and the data key is not part of this: the taker asks the keyring for it. The record of what was
 * encrypted under each frame number is, 16 bytes for each frame that was sent (256 bytes per MiB), so that the taker can send a part again with the same
 * bytes and with no others. <b>Take an upload over once:</b> two takers could encrypt different bytes under one frame number, which breaks
 * AES-GCM. For the same reason an upload whose process died before it handed over cannot be continued, since nobody knows what it sent last; abort it.
 * Keep the text where only those who may write the object can change it.
 *
 * <p>An immutable value.
 *
 * @param bucket the bucket, as in the requests
 * @param key the object key
 * @param uploadId as S3 gave it
 * @param partSize bytes of plaintext of all parts but the last
 * @param header the header of the message
 * @param ledger the record of the frames that were sent
 * @param parts plaintext bytes of the parts that were sent or may have been, by part number
 * @param lastPart the number of the part that ends the message, or 0 if none was sent yet
 * @param checksumAlgorithm what the upload was created with
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; compared by text()
public record ClientSideUpload(
        String bucket,
        String key,
        String uploadId,
        long partSize,
        byte[] header,
        byte[] ledger,
        SortedMap<Integer, Long> parts,
        int lastPart,
        Optional<String> checksumAlgorithm) {
    private static final ExecutionAttribute<Long> PART_SIZE =
            new ExecutionAttribute<>("dev.s3envelope.s3.ClientSideUpload.PartSize");
    private static final String VERSION = "upload1";
    private static final int FIELDS = 10;

    /** Copies arrays and map. */
    public ClientSideUpload {
        header = header.clone();
        ledger = ledger.clone();
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    /**
     * Announces the part size of an upload when it is created, so that its parts may start with the last.
     *
     * @param bytes plaintext bytes of all parts but the last, best a multiple of 64 KiB; 5 MiB to a little under 5 GiB
     */
    public static Consumer<AwsRequestOverrideConfiguration.Builder> partSize(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("A part size is positive: " + bytes);
        }
        return configuration -> configuration.putExecutionAttribute(PART_SIZE, bytes);
    }

    /** The part size a request announces. */
    public static OptionalLong partSizeOf(S3Request request) {
        @Nullable
        Long size = request.overrideConfiguration()
                .map(configuration -> configuration.executionAttributes().getAttribute(PART_SIZE))
                .orElse(null);
        return size == null ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /** A copy of the header. */
    @Override
    public byte[] header() {
        return header.clone();
    }

    /** A copy of the record. */
    @Override
    public byte[] ledger() {
        return ledger.clone();
    }

    /** One line of ASCII that {@link #parse} reads. */
    public String text() {
        List<String> sizes = new ArrayList<>();
        parts.forEach((number, size) -> sizes.add(size == partSize ? "" + number : number + "=" + size));
        return String.join(
                ".",
                VERSION,
                encode(bucket.getBytes(StandardCharsets.UTF_8)),
                encode(key.getBytes(StandardCharsets.UTF_8)),
                encode(uploadId.getBytes(StandardCharsets.UTF_8)),
                Long.toString(partSize),
                encode(header),
                encode(ledger),
                Integer.toString(lastPart),
                encode(checksumAlgorithm.orElse("").getBytes(StandardCharsets.UTF_8)),
                String.join(",", sizes));
    }

    /**
     * Reads what {@link #text} wrote. What it says is checked when the upload is taken over: the header by its tag, under the data key.
     *
     * @throws EnvelopeException if it is anything else
     */
    public static ClientSideUpload parse(String text) {
        String[] fields = text.split("\\.", -1);
        try {
            if (fields.length != FIELDS || !fields[0].equals(VERSION)) {
                throw new IllegalArgumentException("fields");
            }
            long partSize = Long.parseLong(fields[4]);
            String algorithm = decode(fields[8]);
            return new ClientSideUpload(
                    decode(fields[1]),
                    decode(fields[2]),
                    decode(fields[3]),
                    partSize,
                    Base64.getUrlDecoder().decode(fields[5]),
                    Base64.getUrlDecoder().decode(fields[6]),
                    parts(fields[9], partSize),
                    Integer.parseInt(fields[7]),
                    algorithm.isEmpty() ? Optional.empty() : Optional.of(algorithm));
        } catch (IllegalArgumentException e) {
            throw new EnvelopeException(
                    "This is no exported upload: it has not the form ClientSideUpload.text() gives.", e);
        }
    }

    private static SortedMap<Integer, Long> parts(String text, long partSize) {
        TreeMap<Integer, Long> parts = new TreeMap<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int split = part.indexOf('=');
            int number = Integer.parseInt(split < 0 ? part : part.substring(0, split));
            long size = split < 0 ? partSize : Long.parseLong(part.substring(split + 1));
            if (number < 1 || size < 0 || parts.put(number, size) != null) {
                throw new IllegalArgumentException("part");
            }
        }
        return parts;
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String decode(String text) {
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientSideUpload that && text().equals(that.text());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(header);
    }

    @Override
    public String toString() {
        Map<Integer, Long> sent = parts;
        return "ClientSideUpload[" + bucket + "/" + key + ", " + uploadId + ", parts of " + partSize + ", sent "
                + sent.keySet() + "]";
    }
}
