package incident

import "time"

// Meta is what the log knows about an event beside the event itself.
type Meta struct {
	Incident ID     // the incident it belongs to
	EventID  string // globally unique
	Revision uint64 // position in the incident: 1, 2, 3 and so on without gaps

	OccurredAt    time.Time // when it happened, UTC, microseconds
	RecordedAt    time.Time // when it was written down, UTC, microseconds; never less than before
	ClockAdjusted bool      // RecordedAt was raised to that of the revision before

	Actor     PersonID // to whom the act is attributed
	Principal PersonID // who was authenticated, where that differs from Actor
	RequestID string   // the caller's idempotency key; may be empty
}

// Recorded is an event as it is read back from the log.
type Recorded struct {
	Meta
	Event Event
	// Redacted is true when the content is gone for ever: every field of Event
	// that people wrote is empty, the facts are still there.
	Redacted bool
}
