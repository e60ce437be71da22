package eventlog

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// superseded yields the sequences of the redaction records that later records of
// the same subject replaced.
func superseded(ctx context.Context, log Log, sequence uint64) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		last, err := log.Last(ctx, RedactionSubject(sequence))
		for err == nil && last.Previous > 0 {
			if !yield(last.Previous) {
				return
			}
			last, err = log.At(ctx, last.Previous)
		}
	}
}

// Swept reports what a sweep did.
type Swept struct {
	// Redactions is how many messages the log's redactions replace.
	Redactions int
	// Erased is how many of them were still there and are erased now.
	Erased int
}

// Sweep finishes redactions that were interrupted between their record and the
// erasure of the original. It is idempotent and safe beside readers, writers and
// other sweeps. It goes on past a message that it cannot erase and returns the
// errors of all.
func Sweep(ctx context.Context, log Log) (Swept, error) {
	var swept Swept
	subjects, err := log.Subjects(ctx, FilterRedactions)
	if err != nil {
		return swept, fmt.Errorf("sweep redactions: %w", err)
	}
	var failed error
	for _, subject := range subjects {
		sequence, ok := RedactedSequence(subject)
		if !ok {
			continue
		}
		swept.Redactions++
		m, err := log.At(ctx, sequence)
		if err == nil && m.Replaced {
			continue
		}
		if err == nil {
			err = log.Erase(ctx, sequence)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("sweep %s: %w", subject, err))
			continue
		}
		swept.Erased++
	}
	return swept, failed
}
