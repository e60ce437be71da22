package eventlog

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/chain"
)

// redactionHeadroom is how much larger than other commits a redaction record
// may be: it carries a whole commit and its own envelope.
const redactionHeadroom = 4 << 10

// CheckAppend returns [ErrInvalid] or [ErrTooLarge] when an implementation must
// refuse the request before anything is stored.
func CheckAppend(a Append, maxBytes int) error {
	if err := CheckSubject(a.Subject); err != nil {
		return err
	}
	if _, ok := RedactedSequence(a.Subject); ok {
		maxBytes += redactionHeadroom
	}
	if len(a.Data) > maxBytes {
		return fmt.Errorf("%d bytes, at most %d are allowed: %w", len(a.Data), maxBytes, ErrTooLarge)
	}
	id, err := firstEnvelope(a.Data)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if id.Subject != a.Subject {
		return fmt.Errorf("commit of %.100q on subject %.100q: %w", id.Subject, a.Subject, ErrInvalid)
	}
	return nil
}

// CheckBatch is CheckAppend for a batch, whose subjects must differ.
func CheckBatch(batch []Append, maxBytes int) error {
	if len(batch) == 0 || len(batch) > MaxBatch {
		return fmt.Errorf("batch of %d messages, 1 to %d are allowed: %w", len(batch), MaxBatch, ErrInvalid)
	}
	seen := make(map[string]struct{}, len(batch))
	for _, a := range batch {
		if err := CheckAppend(a, maxBytes); err != nil {
			return err
		}
		if _, twice := seen[a.Subject]; twice {
			return fmt.Errorf("subject %q twice in one batch: %w", a.Subject, ErrInvalid)
		}
		seen[a.Subject] = struct{}{}
	}
	return nil
}

// SameCommit tells whether two encoded commits are the same decision: their
// first events have the same id.
func SameCommit(a, b []byte) bool {
	x, errX := firstEnvelope(a)
	y, errY := firstEnvelope(b)
	return errX == nil && errY == nil && x.EventID != "" && x.EventID == y.EventID
}

func firstEnvelope(data []byte) (chain.Envelope, error) {
	c, err := chain.Open(data)
	if err != nil {
		return chain.Envelope{}, err
	}
	return c.Records[0].Envelope()
}
