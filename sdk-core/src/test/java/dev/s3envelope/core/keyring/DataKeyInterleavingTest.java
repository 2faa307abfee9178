package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.crypto.SecretBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cache's handle of a data key that is closed (evicted) while readers ask it for handles of their own: in every order of the steps no reader uses a zeroed
 * key, and the key is zeroed exactly when the last handle is gone.
 */
class DataKeyInterleavingTest {
    private static final byte KEY_BYTE = 0x5a;

    /** A key that a cache holds, and what becomes of it. */
    private static final class Evicted implements Interleavings.Trial {
        private final byte[] bytes = new byte[16];
        private final DataKey.Shared shared;
        private final DataKey cached;
        private final List<Runnable> actors;

        Evicted(Interleavings.Turns turns, Function<Evicted, List<Runnable>> actors) {
            Arrays.fill(bytes, KEY_BYTE);
            this.shared = new DataKey.Shared(SecretBytes.taking("AES", bytes)) {
                @Override
                void beforeStep() {
                    turns.take();
                }
            };
            this.cached = new DataKey(shared);
            this.actors = actors.apply(this);
        }

        /** What a request does: asks the cache's handle for its own, uses it if there is one, and gives it back. */
        void read() {
            Optional<DataKey> lent = cached.tryRetain();
            lent.ifPresent(mine -> {
                useWhole(mine);
                mine.close();
            });
        }

        /** A request that hands its key on, as a message does with its body. */
        void readAndHandOn() {
            cached.tryRetain().ifPresent(mine -> {
                DataKey handedOn = mine.retain();
                mine.close();
                useWhole(handedOn);
                handedOn.close();
            });
        }

        void evict() {
            cached.close();
        }

        private static void useWhole(DataKey key) {
            byte[] used = key.use(SecretBytes::getEncoded);
            for (byte b : used) {
                assertEquals(KEY_BYTE, b, "a byte of a key in use");
            }
        }

        private boolean zeroed() {
            return bytes[0] == 0;
        }

        @Override
        public List<Runnable> actors() {
            return actors;
        }

        @Override
        public String state() {
            return shared.owners() + (cached.isClosed() ? "c" : "o") + (zeroed() ? "z" : "k");
        }

        @Override
        public void checkBetweenSteps() {
            assertTrue(shared.owners() >= 0, "more handles closed than made");
            assertFalse(zeroed() && shared.owners() > 0, "zeroed while somebody has a handle");
        }

        @Override
        public void checkAtTheEnd() {
            assertEquals(0, shared.owners(), "handles left");
            assertTrue(zeroed(), "not zeroed although nobody has a handle");
            assertTrue(cached.tryRetain().isEmpty(), "a handle of a zeroed key");
        }
    }

    static Stream<Arguments> actors() {
        return Stream.of(
                Arguments.of("one reader, one eviction", actors(Evicted::read, Evicted::evict), 20),
                Arguments.of("a reader that hands on", actors(Evicted::readAndHandOn, Evicted::evict), 40),
                Arguments.of("an eviction and a close", actors(Evicted::evict, Evicted::evict), 5),
                Arguments.of("a reader and two who close", actors(Evicted::read, Evicted::evict, Evicted::evict), 80),
                Arguments.of("two readers", actors(Evicted::read, Evicted::read, Evicted::evict), 400));
    }

    @SafeVarargs
    private static Function<Evicted, List<Runnable>> actors(Consumer<Evicted>... each) {
        return trial -> Arrays.stream(each)
                .<Runnable>map(one -> () -> one.accept(trial))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("actors")
    void noOrderOfSteps_usesAZeroedKeyOrLeavesOneBehind(
            String who, Function<Evicted, List<Runnable>> actors, int leastStates) {
        Interleavings.Coverage coverage = Interleavings.explore(turns -> new Evicted(turns, actors));
        assertTrue(coverage.states() >= leastStates, () -> who + ": only " + coverage);
    }

    /** A count that is looked at and raised in two steps: the mistake tryRetain must not make. */
    @Test
    void explorationFindsTheLostUpdate_ofACarelessCount() {
        AssertionError found = assertThrows(
                AssertionError.class,
                () -> Interleavings.explore(turns -> new Interleavings.Trial() {
                    private int owners = 1;
                    private boolean zeroed;

                    private void step() {
                        turns.take();
                    }

                    private void read() {
                        step();
                        if (owners == 0) {
                            return;
                        }
                        step();
                        owners++;
                        step();
                        assertFalse(zeroed, "a zeroed key in use");
                        step();
                        owners--;
                        zeroed |= owners == 0;
                    }

                    private void evict() {
                        step();
                        owners--;
                        zeroed |= owners == 0;
                    }

                    @Override
                    public List<Runnable> actors() {
                        return List.of(this::read, this::evict);
                    }

                    @Override
                    public String state() {
                        return owners + (zeroed ? "z" : "k");
                    }

                    @Override
                    public void checkBetweenSteps() {}

                    @Override
                    public void checkAtTheEnd() {}
                }));
        assertTrue(found.toString().contains("a zeroed key in use"), found::toString);
    }

    /** Two actors of two and three steps have (2+3)!/(2!3!) orders; none may be left out where every state is new. */
    @Test
    void explorationRunsEveryOrder() {
        List<String> orders = new ArrayList<>();
        Interleavings.Coverage coverage = Interleavings.explore(turns -> new Interleavings.Trial() {
            private final StringBuilder order = new StringBuilder();

            private Runnable actor(String name, int steps) {
                return () -> IntStream.range(0, steps).forEach(i -> {
                    if (i > 0) {
                        turns.take();
                    }
                    order.append(name);
                });
            }

            @Override
            public List<Runnable> actors() {
                return List.of(actor("a", 2), actor("b", 3));
            }

            @Override
            public String state() {
                return order.toString();
            }

            @Override
            public void checkBetweenSteps() {}

            @Override
            public void checkAtTheEnd() {
                orders.add(order.toString());
            }
        });
        assertEquals(10, coverage.runs(), () -> "runs: " + orders);
        assertEquals(10, orders.stream().distinct().count(), () -> "orders: " + orders);
    }
}
