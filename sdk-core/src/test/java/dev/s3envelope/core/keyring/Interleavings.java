package dev.s3envelope.core.keyring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a few actors in every order of their steps: one actor's step at a time, on real threads that wait for their turn.
 *
 * <p>Each run follows a list of turns and then lets the remaining actors finish one after the other; every turn it did not follow is tried in a run of
 * its own. What an actor does next depends only on the shared state it saw at each of its steps, so a point where this history of every actor and the shared
 * state are as they were before is not explored again.
 */
final class Interleavings {
    /** One attempt: fresh shared state, the actors on it, and what must hold. */
    interface Trial {
        /** What each actor does; it calls {@link Turns#take} before every access to shared state. */
        List<Runnable> actors();

        /** All of the shared state, as text; called between steps. */
        String state();

        /** Fails if something is wrong between two steps. */
        void checkBetweenSteps();

        /** Fails if something is wrong when all are done. */
        void checkAtTheEnd();
    }

    /** Makes a trial whose actors take turns. */
    interface Setup {
        Trial begin(Turns turns);
    }

    /** What was covered. */
    record Coverage(int runs, int states) {}

    private Interleavings() {}

    /** Runs them all. An error names the turns that led to it. */
    static Coverage explore(Setup setup) {
        Set<String> seen = new HashSet<>();
        List<List<Integer>> open = new ArrayList<>(List.of(List.of()));
        int runs = 0;
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            while (!open.isEmpty()) {
                List<Integer> prefix = open.remove(open.size() - 1);
                runs++;
                run(setup, prefix, seen, open, threads);
            }
        } finally {
            threads.shutdownNow();
        }
        return new Coverage(runs, seen.size());
    }

    private static void run(
            Setup setup, List<Integer> prefix, Set<String> seen, List<List<Integer>> open, ExecutorService threads) {
        Turns turns = new Turns();
        Trial trial = setup.begin(turns);
        List<Runnable> actors = trial.actors();
        turns.start(actors, threads);
        List<Integer> taken = new ArrayList<>();
        try {
            while (true) {
                trial.checkBetweenSteps();
                List<Integer> ready = turns.ready();
                if (ready.isEmpty()) {
                    break;
                }
                String state = trial.state();
                int next;
                if (taken.size() < prefix.size()) {
                    next = prefix.get(taken.size());
                } else if (!seen.add(turns.history() + state)) {
                    next = ready.get(0); // known from here on: only to the end, so that no thread stays behind
                } else {
                    for (int other : ready.subList(1, ready.size())) {
                        List<Integer> branch = new ArrayList<>(taken);
                        branch.add(other);
                        open.add(branch);
                    }
                    next = ready.get(0);
                }
                taken.add(next);
                turns.give(next, state);
            }
            trial.checkAtTheEnd();
        } catch (AssertionError | RuntimeException e) {
            turns.abandon();
            throw new AssertionError("after the turns " + taken + ": " + e.getMessage(), e);
        }
    }

    /** Whose turn it is. */
    static final class Turns {
        private final ThreadLocal<@Nullable Actor> mine = new ThreadLocal<>();
        private final List<Actor> actors = new ArrayList<>();
        private final Semaphore paused = new Semaphore(0);
        private volatile boolean abandoned;

        private static final class Actor {
            final Semaphore turn = new Semaphore(0);
            volatile boolean done;
            volatile @Nullable Throwable failure;
            final StringBuilder saw = new StringBuilder();
        }

        /** Waits for the turn; for threads that are no actors, such as the one that prepares a trial, nothing. */
        void take() {
            Actor actor = mine.get();
            if (actor == null || abandoned) {
                return;
            }
            paused.release();
            actor.turn.acquireUninterruptibly();
        }

        private void start(List<Runnable> work, ExecutorService threads) {
            for (Runnable one : work) {
                Actor actor = new Actor();
                actors.add(actor);
                threads.execute(() -> {
                    mine.set(actor);
                    try {
                        take();
                        one.run();
                    } catch (RuntimeException | AssertionError e) {
                        actor.failure = e;
                    } finally {
                        mine.remove();
                        actor.done = true;
                        paused.release();
                    }
                });
                awaitPause();
            }
        }

        private List<Integer> ready() {
            List<Integer> ready = new ArrayList<>();
            for (int i = 0; i < actors.size(); i++) {
                if (!actors.get(i).done) {
                    ready.add(i);
                }
            }
            return ready;
        }

        private void give(int index, String state) {
            Actor actor = actors.get(index);
            actor.saw.append(state).append(',');
            actor.turn.release();
            awaitPause();
            Throwable failure = actor.failure;
            if (failure != null) {
                throw new AssertionError("actor " + index + ": " + failure.getMessage(), failure);
            }
        }

        private void awaitPause() {
            try {
                if (!paused.tryAcquire(30, TimeUnit.SECONDS)) {
                    throw new AssertionError("an actor neither took its next step nor ended");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        private String history() {
            StringBuilder text = new StringBuilder();
            actors.forEach(actor -> text.append(actor.saw).append(actor.done ? "!;" : ";"));
            return text.toString();
        }

        private void abandon() {
            abandoned = true;
            actors.forEach(actor -> actor.turn.release());
        }
    }
}
