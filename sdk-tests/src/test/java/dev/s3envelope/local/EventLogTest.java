package dev.s3envelope.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final EventLog log = new EventLog();

    private static Event event(String id, String service, String operation) {
        return Event.builder(Instant.EPOCH, id, service, operation).build();
    }

    @Test
    void selectsByServiceOperationAndOutcome() {
        log.record(event("1", "s3", "GetObject"));
        log.record(event("2", "kms", "Decrypt"));
        log.record(Event.builder(Instant.EPOCH, "3", "kms", "Decrypt")
                .error(400, "DisabledException", "it is disabled.")
                .build());
        assertEquals(2, log.service("kms").operation("Decrypt").size());
        assertEquals("3", log.all().failed().single().requestId());
        assertEquals(2, log.all().succeeded().size());
        assertEquals(Map.of("kms:Decrypt", 2, "s3:GetObject", 1), log.all().counts());
    }

    @Test
    void answersWhatCameAfterAMark_evenWhenTheLogWasCleared() {
        log.record(event("1", "s3", "GetObject"));
        EventLog.Mark mark = log.mark();
        log.record(event("2", "s3", "PutObject"));
        assertEquals(
                List.of("2"),
                log.since(mark).list().stream().map(Event::requestId).toList());
        log.clear();
        assertEquals(0, log.size());
        log.record(event("3", "s3", "PutObject"));
        assertEquals("3", log.since(mark).single().requestId());
    }

    @Test
    void keepsTheLatest_whenItIsFull() {
        for (int i = 0; i <= EventLog.CAPACITY; i++) {
            log.record(event(String.valueOf(i), "s3", "GetObject"));
        }
        assertEquals(EventLog.CAPACITY, log.size());
        assertEquals("1", log.all().list().get(0).requestId());
        assertEquals(String.valueOf(EventLog.CAPACITY), log.all().last().requestId());
    }

    @Test
    void saysWhatItFound_whenThereIsNotExactlyOne() {
        assertThrows(NoSuchElementException.class, () -> log.all().single());
        assertThrows(NoSuchElementException.class, () -> log.all().last());
    }

    @Test
    void copiesWhatItIsGiven() {
        Map<String, String> context = new java.util.HashMap<>(Map.of("a", "1"));
        Event event = Event.builder(Instant.EPOCH, "1", "kms", "Encrypt")
                .encryptionContext(context)
                .build();
        context.put("b", "2");
        assertEquals(Map.of("a", "1"), event.encryptionContext());
        assertThrows(
                UnsupportedOperationException.class,
                () -> event.encryptionContext().put("c", "3"));
        assertFalse(event.toString().contains("\n"));
    }
}
