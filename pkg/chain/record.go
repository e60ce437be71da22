package chain

import "time"

// Commit is one opened message of the log. Its byte slices point into the
// message.
type Commit struct {
	// Records are the events in order; at least one.
	Records []Record
	// RequestSalt salts the request digest; empty after a redaction.
	RequestSalt []byte
}

// Record is one event as it is stored.
type Record struct {
	// EnvelopeBytes is the encoded envelope, see [Record.Envelope].
	EnvelopeBytes []byte
	// Facts and Content are encoded by the type that the envelope names.
	Facts, Content []byte
	// Salt salts the content's commitment; empty after a redaction.
	Salt []byte
	// Redacted is true when Content and Salt were taken away.
	Redacted bool
}

// Envelope says which event a record is. The fields are those of proto
// log.v1.Envelope.
type Envelope struct {
	// EventID is the event's globally unique id.
	EventID string
	// Subject is the aggregate's subject.
	Subject string
	// Revision is the event's place in the subject, from 1, without gaps.
	Revision uint64
	// Type is the stable name of the event's type.
	Type string
	// OccurredAtMicros is when it happened, in microseconds since 1970 UTC.
	OccurredAtMicros int64
	// RecordedAtMicros is when it was written down, in microseconds since 1970
	// UTC; it never falls within a subject.
	RecordedAtMicros int64
	// ClockAdjusted is true when RecordedAtMicros was raised to the previous one.
	ClockAdjusted bool
	// Actor is the opaque id of whoever did it.
	Actor string
	// Principal is the opaque id of the authenticated caller, where it differs.
	Principal string
	// RequestID is the caller's idempotency key.
	RequestID string
	// RequestDigest commits to the request, on the first record of a commit.
	RequestDigest []byte
	// TraceParent is the W3C trace context of the request.
	TraceParent string
	// PrevHash is the hash of the previous revision; empty for revision 1.
	PrevHash []byte
	// FactsHash is SHA-256 of the facts.
	FactsHash []byte
	// ContentCommitment commits to the content.
	ContentCommitment []byte
	// Ignorable is true when a reader that does not know Type may pass over it.
	Ignorable bool
}

// OccurredAt is when it happened, in UTC.
func (e *Envelope) OccurredAt() time.Time { return time.UnixMicro(e.OccurredAtMicros).UTC() }

// RecordedAt is when it was written down, in UTC.
func (e *Envelope) RecordedAt() time.Time { return time.UnixMicro(e.RecordedAtMicros).UTC() }

// Caller is the authenticated principal: Principal, or Actor when they are the
// same. With the subject it is the scope of RequestID.
func (e *Envelope) Caller() string {
	if e.Principal != "" {
		return e.Principal
	}
	return e.Actor
}

// Hash is the hash of the event, which the next revision links to.
func (r *Record) Hash() Hash { return HashEnvelope(r.EnvelopeBytes) }

// Envelope decodes the record's envelope. It returns [ErrMalformed] when the
// bytes are not an envelope.
func (r *Record) Envelope() (Envelope, error) { return ParseEnvelope(r.EnvelopeBytes) }
