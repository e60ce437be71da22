package jetstream

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Erase implements eventlog.Log.
func (l *Log) Erase(ctx context.Context, sequence uint64) error {
	redaction, err := l.get(ctx, getRequest{LastFor: eventlog.RedactionSubject(sequence)})
	if isNotFound(err) {
		err = eventlog.ErrNoReplacement
	}
	if err != nil {
		return fmt.Errorf("erase message %d: %w", sequence, err)
	}
	replacement, err := eventlog.ReplacementOf(redaction)
	if err != nil {
		return err
	}
	original, err := l.get(ctx, getRequest{Sequence: sequence})
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase message %d: %w", sequence, err)
	}
	if err := eventlog.CheckErase(original, replacement); err != nil {
		return err
	}
	attempt, cancel := context.WithTimeout(ctx, l.opts.AttemptTimeout)
	defer cancel()
	if err := l.stream.SecureDeleteMsg(attempt, sequence); err != nil {
		return l.erased(ctx, sequence, err)
	}
	return nil
}

// erased tells whether a delete that failed took place all the same.
func (l *Log) erased(ctx context.Context, sequence uint64, cause error) error {
	if _, err := l.get(ctx, getRequest{Sequence: sequence}); isNotFound(err) {
		return nil
	}
	return fmt.Errorf("erase message %d: %w", sequence, translate(cause))
}
