package dev.s3envelope.examples.cli;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.advice.AccessCase;
import dev.s3envelope.core.advice.AccessDocuments;
import dev.s3envelope.core.advice.AccessTask;
import dev.s3envelope.core.advice.PolicySimulator;
import dev.s3envelope.core.advice.Simulation;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.iam.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code envelope simulate}. */
@Command(
        name = "simulate",
        description = {
            "Would this principal be let through both gates, S3's and KMS's, given these documents?",
            "Offline: nothing is asked of AWS. Simulates every entry under \"access\" of the file, or the one the options name.",
            "Exit code: 0 if all are allowed, 3 if one is denied, 7 if the documents do not tell."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class SimulateCommand implements Callable<Integer> {
    @ParentCommand
    HasSurroundings parent;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "Principals, buckets and keys with their policies, as JSON.")
    Path file;

    @Option(names = "--principal", paramLabel = "ARN", description = "Who asks; an entry of the file.")
    @Nullable
    String principal;

    @Option(
            names = "--task",
            paramLabel = "TASK",
            description = "read (default), read-version, read-attributes, write, write-multipart or audit.")
    @Nullable
    String task;

    @Option(names = "--object", paramLabel = "S3_URI", description = "s3://bucket/key")
    @Nullable
    String object;

    @Option(names = "--statements", description = "Also tell what became of every statement.")
    boolean statements;

    @Option(names = "--json", description = "For programs; every statement is in it.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        String text = DocumentFiles.text(file);
        List<Simulation> simulations = new ArrayList<>();
        try {
            PolicySimulator simulator = PolicySimulator.of(AccessDocuments.fromJson(text, file.toString()));
            cases(text).forEach(one -> simulations.add(simulator.simulate(one)));
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw new UsageProblem(String.valueOf(e.getMessage()), e);
        }
        PrintStream out = parent.surroundings().out();
        if (json) {
            out.println(Simulation.json(simulations));
        } else {
            simulations.forEach(one -> out.print(one.text(statements)));
        }
        return exitCode(simulations.stream().map(Simulation::verdict).toList());
    }

    private List<AccessCase> cases(String text) {
        if (principal == null && object == null && task == null) {
            List<AccessCase> all = AccessCase.fromJson(text, file.toString());
            if (all.isEmpty()) {
                throw new UsageProblem(
                        "the file has no entry under \"access\"; add one, or give --principal and --object");
            }
            return all;
        }
        if (principal == null || object == null) {
            throw new UsageProblem("give both --principal and --object");
        }
        S3Location location = S3Location.parse(object);
        if (location.isBucket()) {
            throw new UsageProblem("'" + object + "' names a bucket, not an object; write s3://bucket/key");
        }
        AccessTask chosen = task == null ? AccessTask.READ : Tasks.of(task);
        return List.of(AccessCase.of(principal, chosen, new ObjectAddress(location.bucket(), location.key())));
    }

    private static int exitCode(List<Verdict> verdicts) {
        return verdicts.contains(Verdict.DENIED)
                ? ExitCode.DENIED
                : verdicts.contains(Verdict.UNKNOWN) ? ExitCode.UNKNOWN : ExitCode.OK;
    }

    /** Tasks by their names. */
    static final class Tasks {
        private Tasks() {}

        static AccessTask of(String word) {
            Optional<AccessTask> task = Arrays.stream(AccessTask.values())
                    .filter(t -> t.word().equals(word))
                    .findFirst();
            return task.orElseThrow(() -> new UsageProblem("'" + word + "' is no task; there are "
                    + String.join(
                            ", ",
                            Arrays.stream(AccessTask.values())
                                    .map(AccessTask::word)
                                    .toList())));
        }
    }
}
