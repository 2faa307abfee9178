package dev.s3envelope.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The record of every request a LocalAws instance answered, oldest first, in the manner of CloudTrail.
 *
 * <p>An event is in the log before its answer is on the wire, so a test may look right after its call returned. The log keeps the
 * latest 50,000 events and drops older ones. Thread-safe; the lists it returns are copies.
 *
 * <pre>{@code
 * EventLog.Mark before = aws.events().mark();
 * s3.getObject(...);
 * assertEquals(1, aws.events().since(before).service("kms").operation("Decrypt").size());
 * }</pre>
 */
public final class EventLog {
    /** How many events are kept. */
    public static final int CAPACITY = 50_000;

    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long dropped;

    /** Creates an empty log. */
    public EventLog() {}

    /** Adds an event; the services of LocalAws call it once for each request. */
    public synchronized void record(Event event) {
        events.addLast(event);
        if (events.size() > CAPACITY) {
            events.removeFirst();
            dropped++;
        }
    }

    /** A point in the log: everything recorded later comes after it. */
    public synchronized Mark mark() {
        return new Mark(dropped + events.size());
    }

    /** Everything kept. */
    public Query all() {
        return new Query(copy(0));
    }

    /** What was recorded after {@code mark} and is still kept. */
    public Query since(Mark mark) {
        return new Query(copy(mark.position));
    }

    /** The events of one service: {@code s3}, {@code kms} or {@code sts}. */
    public Query service(String service) {
        return all().service(service);
    }

    /** The events of one API operation. */
    public Query operation(String operation) {
        return all().operation(operation);
    }

    /** How many events are kept. */
    public synchronized int size() {
        return events.size();
    }

    /** Forgets all events; marks taken before stay valid. */
    public synchronized void clear() {
        dropped += events.size();
        events.clear();
    }

    private synchronized List<Event> copy(long position) {
        long skip = Math.max(0, position - dropped);
        if (skip == 0) {
            return new ArrayList<>(events);
        }
        List<Event> later = new ArrayList<>();
        for (Iterator<Event> it = events.descendingIterator(); it.hasNext() && events.size() - skip > later.size(); ) {
            later.add(it.next());
        }
        Collections.reverse(later);
        return later;
    }

    /** A point in an {@link EventLog}. */
    public static final class Mark {
        private final long position;

        private Mark(long position) {
            this.position = position;
        }
    }

    /** A selection of events, narrowed step by step; immutable, it does not follow the log. */
    public static final class Query {
        private final List<Event> selected;

        private Query(Collection<Event> selected) {
            this.selected = List.copyOf(selected);
        }

        /** Those of one service: {@code s3}, {@code kms} or {@code sts}. */
        public Query service(String service) {
            return where(event -> event.service().equals(service));
        }

        /** Those of one API operation. */
        public Query operation(String operation) {
            return where(event -> event.operation().equals(operation));
        }

        /** Those of one caller, by ARN; for an assumed role the ARN of the session. */
        public Query principal(String arn) {
            return where(event -> event.principalArn().filter(arn::equals).isPresent());
        }

        /** Those on one bucket, object, key or role, by ARN. */
        public Query resource(String arn) {
            return where(event -> event.resource().filter(arn::equals).isPresent());
        }

        /** Those that a service made for a principal. */
        public Query viaService() {
            return where(event -> event.viaService().isPresent());
        }

        /** Those that succeeded. */
        public Query succeeded() {
            return where(Event::succeeded);
        }

        /** Those that failed. */
        public Query failed() {
            return where(event -> !event.succeeded());
        }

        /** Those that match a condition. */
        public Query where(Predicate<? super Event> condition) {
            return new Query(selected.stream().filter(condition).toList());
        }

        /** The selected events, oldest first. */
        public List<Event> list() {
            return selected;
        }

        /** How many are selected. */
        public int size() {
            return selected.size();
        }

        /** The latest selected event. */
        public Event last() {
            if (selected.isEmpty()) {
                throw new NoSuchElementException("no event matches");
            }
            return selected.get(selected.size() - 1);
        }

        /** The only selected event; another number is refused with the list of what is there. */
        public Event single() {
            if (selected.size() != 1) {
                throw new NoSuchElementException("expected one event, found " + selected);
            }
            return selected.get(0);
        }

        /** How many are selected, by {@code service:operation}, sorted. */
        public NavigableMap<String, Integer> counts() {
            NavigableMap<String, Integer> counts = new TreeMap<>();
            selected.forEach(event -> counts.merge(event.service() + ":" + event.operation(), 1, Integer::sum));
            return counts;
        }

        @Override
        public String toString() {
            return selected.toString();
        }
    }
}
