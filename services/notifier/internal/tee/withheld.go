package tee

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// withheld knows the raw signals of alerts of which anything was redacted: they may hold
// what was. It reads the redactions of the log that it has not seen, when it is asked.
type withheld struct {
	mu      sync.Mutex
	through uint64          // sequence of the last redaction that is known
	seen    map[string]bool // subjects of redactions
	signals map[string]bool // ids
}

// has tells whether a signal is withheld, as the log stands now.
func (w *withheld) has(ctx context.Context, log eventlog.Reader, signal string) (bool, error) {
	last, err := log.LastSequence(ctx, eventlog.FilterRedactions)
	if err != nil {
		return false, fmt.Errorf("read redactions: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if last > w.through {
		if err := w.catchUp(ctx, log); err != nil {
			return false, fmt.Errorf("read redactions: %w", err)
		}
		w.through = last
	}
	return w.signals[signal], nil
}

// catchUp reads the redactions that are not known. One of a message that was redacted
// before tells of the same alert.
func (w *withheld) catchUp(ctx context.Context, log eventlog.Reader) error {
	subjects, err := log.Subjects(ctx, eventlog.FilterRedactions)
	if err != nil {
		return err
	}
	if w.seen == nil {
		w.seen, w.signals = map[string]bool{}, map[string]bool{}
	}
	for _, subject := range subjects {
		if w.seen[subject] {
			continue
		}
		m, err := log.Last(ctx, subject)
		if err != nil {
			return err
		}
		if m, err = eventlog.ReplacementOf(m); err != nil {
			return err
		}
		if strings.HasPrefix(m.Subject, alert.SubjectPrefix) {
			if err := w.add(ctx, log, m.Subject); err != nil {
				return err
			}
		}
		w.seen[subject] = true
	}
	return nil
}

// add withholds all signals that an alert names.
func (w *withheld) add(ctx context.Context, log eventlog.Reader, subject string) error {
	messages, err := log.Load(ctx, subject, 0)
	if err != nil {
		return err
	}
	for _, m := range messages {
		ids, err := alert.Signals(m.Data)
		if err != nil {
			return err
		}
		for _, id := range ids {
			w.signals[id] = true
		}
	}
	return nil
}
