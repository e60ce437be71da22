package chain

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// Head is the end of a subject's chain; the zero Head is that of a subject
// without events.
type Head struct {
	// Revision is the last revision.
	Revision uint64
	// Hash is its hash.
	Hash Hash
	// RecordedAtMicros is when it was written down, in microseconds since 1970.
	RecordedAtMicros int64
}

// Draft is an event that was decided but not yet written down.
type Draft struct {
	// EventID is a globally unique id; required.
	EventID string
	// Type is the stable name of the event's type; required.
	Type string
	// OccurredAt is when it happened; the zero time means now.
	OccurredAt time.Time
	// Facts and Content are encoded by Type's schema; both may be empty.
	Facts, Content []byte
	// Actor is the opaque id of whoever did it.
	Actor string
	// Principal is the opaque id of the authenticated caller where it differs.
	Principal string
	// Ignorable allows readers that do not know Type to pass over the event.
	Ignorable bool
}

// Request is what caused a commit. The zero Request is one without identity.
type Request struct {
	// ID is the caller's idempotency key, or empty.
	ID string
	// Body is what a repetition with the same ID must equal. It is not stored;
	// only a salted digest is, and only when ID is set.
	Body []byte
	// TraceParent is the W3C trace context, or empty.
	TraceParent string
}

// Seal turns drafts into one encoded Commit that continues a subject's chain,
// and returns the chain's new end. Salts are read from random (crypto/rand in
// production). recorded_at is now, or the previous record's when the clock
// stands behind it. It returns [ErrInvalidDraft] when a draft or the subject is
// incomplete, and random's error.
func Seal(head Head, subject string, drafts []Draft, req Request, now time.Time, random io.Reader) ([]byte, Head, error) {
	if err := checkDrafts(subject, drafts, req); err != nil {
		return nil, head, fmt.Errorf("seal: %w", err)
	}
	salts := make([]byte, SaltSize*(len(drafts)+1))
	if _, err := io.ReadFull(random, salts); err != nil {
		return nil, head, fmt.Errorf("seal: read salt: %w", err)
	}
	s := sealer{head: head, subject: subject, now: now.UnixMicro(), req: req, salts: salts}
	requestSalt := s.nextSalt()
	var data []byte
	for i := range drafts {
		var digest []byte
		if i == 0 && req.ID != "" {
			h := DigestRequest(requestSalt, req.Body)
			digest = h[:]
		}
		data = s.appendRecord(data, &drafts[i], digest)
	}
	if req.ID != "" {
		data = appendBytes(data, commitRequestSalt, requestSalt)
	}
	return data, s.head, nil
}

func checkDrafts(subject string, drafts []Draft, req Request) error {
	if subject == "" || len(drafts) == 0 {
		return fmt.Errorf("%w: a commit needs a subject and an event", ErrInvalidDraft)
	}
	for i := range drafts {
		d := &drafts[i]
		if d.EventID == "" || d.Type == "" {
			return fmt.Errorf("%w: event %d needs an id and a type", ErrInvalidDraft, i+1)
		}
		for _, s := range []string{d.EventID, d.Type, d.Actor, d.Principal} {
			if !utf8.ValidString(s) {
				return fmt.Errorf("%w: event %d has text that is not UTF-8", ErrInvalidDraft, i+1)
			}
		}
	}
	if !utf8.ValidString(subject) || !utf8.ValidString(req.ID) || !utf8.ValidString(req.TraceParent) {
		return fmt.Errorf("%w: text that is not UTF-8", ErrInvalidDraft)
	}
	return nil
}

// sealer carries the chain's end from record to record.
type sealer struct {
	head    Head
	subject string
	now     int64
	req     Request
	salts   []byte
}

func (s *sealer) nextSalt() []byte {
	salt := s.salts[:SaltSize:SaltSize]
	s.salts = s.salts[SaltSize:]
	return salt
}

func (s *sealer) appendRecord(data []byte, d *Draft, digest []byte) []byte {
	salt := s.nextSalt()
	facts, content := HashFacts(d.Facts), CommitContent(salt, d.Content)
	recorded := max(s.now, s.head.RecordedAtMicros)
	occurred := recorded
	if !d.OccurredAt.IsZero() {
		occurred = d.OccurredAt.UnixMicro()
	}
	e := Envelope{
		EventID: d.EventID, Subject: s.subject, Revision: s.head.Revision + 1, Type: d.Type,
		OccurredAtMicros: occurred, RecordedAtMicros: recorded, ClockAdjusted: recorded > s.now,
		Actor: d.Actor, RequestID: s.req.ID, RequestDigest: digest,
		TraceParent: s.req.TraceParent, FactsHash: facts[:], ContentCommitment: content[:], Ignorable: d.Ignorable,
	}
	if d.Principal != d.Actor {
		e.Principal = d.Principal
	}
	if s.head.Revision > 0 {
		e.PrevHash = s.head.Hash[:]
	}
	envelope := e.append(make([]byte, 0, 512))
	s.head = Head{Revision: e.Revision, Hash: HashEnvelope(envelope), RecordedAtMicros: recorded}
	return appendRecord(data, Record{EnvelopeBytes: envelope, Facts: d.Facts, Content: d.Content, Salt: salt})
}

func appendRecord(data []byte, r Record) []byte {
	body := make([]byte, 0, len(r.EnvelopeBytes)+len(r.Facts)+len(r.Content)+len(r.Salt)+32)
	body = appendBytes(body, recordEnvelope, r.EnvelopeBytes)
	body = appendBytes(body, recordFacts, r.Facts)
	body = appendBytes(body, recordContent, r.Content)
	body = appendBytes(body, recordSalt, r.Salt)
	body = appendNumber(body, recordRedacted, protowire.EncodeBool(r.Redacted))
	data = protowire.AppendTag(data, commitRecords, protowire.BytesType)
	return protowire.AppendBytes(data, body)
}
