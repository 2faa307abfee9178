package dev.s3envelope.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * The steps of a call, in order: requests sent and answered, keyrings asked, pieces of bodies moved. At one of them something can be done to the call. Safe for use by
 * several threads.
 */
final class CallSteps implements ExecutionInterceptor {
    /** A piece of a body; there are many of them, all alike. */
    static final String PIECE = "piece";

    private final List<String> taken = new ArrayList<>();
    private int at = -1;
    private Runnable action = () -> {};

    /** Forgets what was taken. */
    synchronized void restart() {
        restart(-1, () -> {});
    }

    /** The same; when step number {@code which} is taken, counted from 0, the action is done. */
    synchronized void restart(int which, Runnable what) {
        taken.clear();
        at = which;
        action = what;
    }

    /** The steps taken. */
    synchronized List<String> taken() {
        return List.copyOf(taken);
    }

    void take(String name) {
        Runnable now;
        synchronized (this) {
            now = taken.size() == at ? action : () -> {};
            taken.add(name);
        }
        now.run();
    }

    /** The numbers of all steps but pieces, and of some pieces, drawn from a seed. */
    static List<Integer> chosen(List<String> steps, int pieces, long seed) {
        List<Integer> chosen = new ArrayList<>();
        List<Integer> alike = new ArrayList<>();
        for (int step = 0; step < steps.size(); step++) {
            (steps.get(step).equals(PIECE) ? alike : chosen).add(step);
        }
        Random random = new Random(seed);
        for (int drawn = 0; drawn < pieces && !alike.isEmpty(); drawn++) {
            chosen.add(alike.remove(random.nextInt(alike.size())));
        }
        return chosen;
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        take(name(context.request()) + " is sent");
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
        take(name(context.request()) + " is answered");
    }

    @Override
    public void afterUnmarshalling(Context.AfterUnmarshalling context, ExecutionAttributes attributes) {
        take(name(context.request()) + " is read");
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        take(name(context.request()) + " is done");
    }

    private static String name(SdkRequest request) {
        return request.getClass().getSimpleName();
    }
}
