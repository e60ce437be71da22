package chain

import (
	"errors"
	"fmt"
)

var (
	// ErrMalformed: the bytes are not an encoded commit, record or envelope.
	ErrMalformed = errors.New("malformed record")
	// ErrInvalidDraft: a draft lacks what every event must have.
	ErrInvalidDraft = errors.New("invalid draft")
	// ErrNoSuchRevision: the commit has no record of that revision.
	ErrNoSuchRevision = errors.New("no such revision in the commit")
	// ErrRedacted: the record is redacted already.
	ErrRedacted = errors.New("the record is redacted already")
)

// Fault names a rule of the chain that a record breaks.
type Fault string

// The faults that a [VerifyError] reports.
const (
	// FaultSubject: the envelope names another subject.
	FaultSubject Fault = "subject"
	// FaultRevision: the revision is not the previous one plus one.
	FaultRevision Fault = "revision"
	// FaultLink: prev_hash is not the hash of the previous revision.
	FaultLink Fault = "link"
	// FaultFacts: the facts are not the ones that the envelope commits to.
	FaultFacts Fault = "facts"
	// FaultContent: the content is not what the envelope commits to, or it is
	// missing without a redaction mark.
	FaultContent Fault = "content"
	// FaultRedaction: a record is marked as redacted but still has content.
	FaultRedaction Fault = "redaction"
	// FaultClock: recorded_at falls.
	FaultClock Fault = "clock"
	// FaultEvent: an event id is missing, or repeats the one before.
	FaultEvent Fault = "event"
)

// VerifyError says which record breaks which rule.
type VerifyError struct {
	// Subject and Revision name the record where it should be.
	Subject  string
	Revision uint64
	// Fault is the broken rule.
	Fault Fault
}

// Error names the record and the rule.
func (e *VerifyError) Error() string {
	return fmt.Sprintf("%s revision %d does not verify: %s", e.Subject, e.Revision, e.Fault)
}
