package eventlog

import (
	"errors"
	"fmt"
)

var (
	// ErrConflict: the subject moved on since the caller read it.
	ErrConflict = errors.New("another change came first")
	// ErrOutcomeUnknown: the time ran out before it was certain whether the
	// message was stored. Appending the same bytes again is safe.
	ErrOutcomeUnknown = errors.New("it is not known whether the change was stored")
	// ErrFull: the log reached its byte limit or the disk is full. Nothing was
	// stored.
	ErrFull = errors.New("the log is full")
	// ErrTooLarge: the commit exceeds the limit of one message. Nothing was
	// stored.
	ErrTooLarge = errors.New("the commit is too large")
	// ErrNotFound: no such message.
	ErrNotFound = errors.New("no such message")
	// ErrNotAttested: no bootstrap has confirmed that the servers sync every
	// write to disk.
	ErrNotAttested = errors.New("the log's durability is not attested")
	// ErrMisconfigured: the log's settings could lose or change what was
	// acknowledged.
	ErrMisconfigured = errors.New("the log's settings are not safe")
	// ErrUnavailable: the log cannot be reached. Nothing was stored.
	ErrUnavailable = errors.New("the log cannot be reached")
	// ErrInvalid: the request itself is wrong, for example a malformed subject.
	ErrInvalid = errors.New("invalid request to the log")
	// ErrNoReplacement: a message may only be erased once a redaction has
	// recorded its replacement.
	ErrNoReplacement = errors.New("the message has no replacement")
	// ErrAlreadyRedacted: the record's content is gone already.
	ErrAlreadyRedacted = errors.New("the entry is already redacted")
)

// HoleError reports sequences that are missing from the log without a redaction
// that explains them: the store was damaged or tampered with.
type HoleError struct {
	// First and Last are the first and last missing sequence.
	First, Last uint64
}

// Error says what is missing and what to do.
func (e *HoleError) Error() string {
	where := fmt.Sprintf("message %d of the log is", e.First)
	if e.Last > e.First {
		where = fmt.Sprintf("messages %d to %d of the log are", e.First, e.Last)
	}
	return where + " missing and no redaction explains it: the store is damaged; restore it from a replica or a backup"
}

// PositionReason says why a position does not belong to a log.
type PositionReason string

// The reasons of a [PositionError].
const (
	// ReasonEpoch: the position is of another log.
	ReasonEpoch PositionReason = "epoch"
	// ReasonAhead: the log ends before the position.
	ReasonAhead PositionReason = "ahead"
	// ReasonHash: another message stands at the position.
	ReasonHash PositionReason = "hash"
)

// PositionError reports that a checkpoint does not belong to the log as it is.
type PositionError struct {
	// Reason is what differs.
	Reason PositionReason
	// Position is the checkpoint.
	Position Position
	// Head is the end of the log.
	Head Position
}

// Error says what differs and what to do.
func (e *PositionError) Error() string {
	switch e.Reason {
	case ReasonEpoch:
		return fmt.Sprintf("the checkpoint belongs to log %q but this is log %q: the log was restored or replaced; rebuild from its beginning", e.Position.Epoch, e.Head.Epoch)
	case ReasonAhead:
		return fmt.Sprintf("the checkpoint is at %d but the log ends at %d: the log lost its tail; restore it, or rebuild from its beginning", e.Position.Sequence, e.Head.Sequence)
	case ReasonHash:
		return fmt.Sprintf("message %d is not the one that was read before: the log was damaged or changed; restore it, or rebuild from its beginning", e.Position.Sequence)
	}
	return "the checkpoint does not belong to this log"
}
