package dev.s3envelope.examples.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a transfer has come, shown on a terminal or not at all. Safe for use by several threads. */
interface Progress extends AutoCloseable {
    /** Counts bytes; a negative number takes back what a failed attempt had counted. */
    void add(long bytes);

    @Override
    void close();

    /** Shows nothing. */
    static Progress silent() {
        return new Progress() {
            @Override
            public void add(long bytes) {}

            @Override
            public void close() {}
        };
    }

    /**
     * A bar on standard error, if that is a terminal and {@code wanted}.
     *
     * @param total bytes to come; -1 where not known
     */
    static Progress of(Surroundings surroundings, boolean wanted, String task, long total) {
        if (!wanted || !surroundings.terminal().interactive()) {
            return silent();
        }
        int columns = surroundings.terminal().columns();
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(task.length() > columns / 3 ? "..." + task.substring(task.length() - columns / 3) : task)
                .setInitialMax(total)
                .setUnit(" MiB", 1L << 20)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(surroundings.err(), columns - 1))
                .build();
        return new Progress() {
            @Override
            public void add(long bytes) {
                bar.stepBy(bytes);
            }

            @Override
            public void close() {
                bar.close();
            }
        };
    }
}
