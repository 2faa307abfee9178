package dev.s3envelope.examples.cli;

import picocli.CommandLine.Option;

/** How a large object is split. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class TransferOptions {
    @Option(
            names = "--part-size",
            paramLabel = "MIB",
            defaultValue = "16",
            description = "Size of a part in MiB, 5 to 5120; larger objects go in parts. Default: ${DEFAULT-VALUE}."
                    + " A file of more than 10,000 such parts gets larger ones.")
    long partMebibytes;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description = "Parts under way at once, 1 to 64. Default: ${DEFAULT-VALUE}.")
    int parallel;

    long partSize() {
        if (partMebibytes < 5 || partMebibytes > 5120) {
            throw new UsageProblem("--part-size is 5 to 5120 MiB, not " + partMebibytes);
        }
        return partMebibytes << 20;
    }
}
