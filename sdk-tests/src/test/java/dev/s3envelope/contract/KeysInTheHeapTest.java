package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Known data keys are looked for in heap dumps of a process that used them: found while the cache holds them, gone when it is closed. */
class KeysInTheHeapTest {
    private static final int PIECE = 1 << 20;

    @Test
    void noDataKey_isInTheHeapAfterClose(@TempDir Path directory) throws Exception {
        Path open = directory.resolve("open.hprof");
        Path closed = directory.resolve("closed.hprof");
        int keys = probe(directory, open, closed);
        assertTrue(keys >= 4, "several data keys were used: " + keys);

        List<byte[]> wanted = new ArrayList<>(List.of(HeapProbe.known("planted"), HeapProbe.known("never seen")));
        IntStream.range(0, keys).mapToObj(HeapProbe::dataKey).forEach(wanted::add);

        List<Boolean> whileOpen = found(open, wanted);
        assertTrue(whileOpen.get(0), "the search finds what is there");
        assertFalse(whileOpen.get(1), "and nothing else");
        assertTrue(whileOpen.subList(2, wanted.size()).contains(true), "it finds a data key that the cache holds");

        List<Boolean> afterClose = found(closed, wanted);
        assertTrue(afterClose.get(0), "the search finds what is there");
        assertFalse(
                afterClose.subList(2, wanted.size()).contains(true),
                () -> "data keys in the heap after close: " + afterClose.subList(2, wanted.size()));
    }

    /** Returns how many data keys the process used. */
    private static int probe(Path directory, Path open, Path closed) throws Exception {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx160m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeapProbe.class.getName(),
                        open.toString(),
                        closed.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(180, TimeUnit.SECONDS), "the process takes too long");
        String said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        return Integer.parseInt(said.lines().reduce("", (before, line) -> line).strip());
    }

    /** Which of these, all of one length, are anywhere in the file. */
    private static List<Boolean> found(Path dump, List<byte[]> wanted) throws IOException {
        int length = wanted.get(0).length;
        Boolean[] found = new Boolean[wanted.size()];
        Arrays.fill(found, false);
        boolean[] starts = new boolean[1 << Byte.SIZE];
        wanted.forEach(one -> starts[Byte.toUnsignedInt(one[0])] = true);
        try (FileChannel file = FileChannel.open(dump, StandardOpenOption.READ)) {
            byte[] piece = new byte[PIECE + length];
            for (long from = 0; from < file.size(); from += PIECE) {
                int count = read(file, from, piece);
                for (int at = 0; at + length <= count; at++) {
                    if (starts[Byte.toUnsignedInt(piece[at])]) {
                        for (int which = 0; which < found.length; which++) {
                            found[which] |= Arrays.equals(piece, at, at + length, wanted.get(which), 0, length);
                        }
                    }
                }
            }
        }
        return List.of(found);
    }

    private static int read(FileChannel file, long from, byte[] piece) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(piece);
        int count = 0;
        while (into.hasRemaining() && count >= 0) {
            count = file.read(into, from + into.position());
        }
        return into.position();
    }
}
