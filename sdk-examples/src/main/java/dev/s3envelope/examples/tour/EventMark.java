package dev.s3envelope.examples.tour;

import dev.s3envelope.local.EventLog;

/** A moment in the event log. */
record EventMark(EventLog.Mark mark) {}
