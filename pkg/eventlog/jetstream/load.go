package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// loadBatch is how many messages one request of Load asks for.
const loadBatch = 500

func isNotFound(err error) bool { return errors.Is(err, eventlog.ErrNotFound) }

// Load implements eventlog.Log.
func (l *Log) Load(ctx context.Context, subject string, after uint64) ([]eventlog.Message, error) {
	if strings.ContainsAny(subject, "*>") {
		return nil, fmt.Errorf("load %s: %w", subject, eventlog.ErrInvalid)
	}
	until, err := l.LastSequence(ctx, subject)
	if err != nil || until <= after {
		return nil, err
	}
	var messages []eventlog.Message
	at := func(sequence uint64) (eventlog.Message, error) { return l.At(ctx, sequence) }
	follower := eventlog.NewFollower(after, at, func(m eventlog.Message) error {
		messages = append(messages, m)
		return nil
	})
	for reached := after; reached < until; {
		reached, err = l.loadNext(ctx, subject, reached, follower)
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", subject, err)
		}
	}
	return messages, nil
}

// loadNext delivers the next messages of a subject and returns the last
// sequence. A follower that answers the direct request may not have them yet;
// then the leader is asked for one.
func (l *Log) loadNext(ctx context.Context, subject string, after uint64, to *eventlog.Follower) (uint64, error) {
	reached, err := l.loadDirect(ctx, subject, after, to)
	if err != nil || reached > after {
		return reached, err
	}
	m, err := l.get(ctx, getRequest{NextFor: subject, Sequence: after + 1})
	if isNotFound(err) {
		// The leader said that there is more, so the last message is lost.
		return after, &eventlog.HoleError{First: after + 1, Last: after + 1}
	}
	if err != nil {
		return after, err
	}
	return m.Sequence, to.Deliver(m)
}

func (l *Log) loadDirect(ctx context.Context, subject string, after uint64, to *eventlog.Follower) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, l.opts.AttemptTimeout)
	defer cancel()
	batch, err := jetstreamext.GetBatch(ctx, l.js, StreamLog, loadBatch,
		jetstreamext.GetBatchSubject(subject), jetstreamext.GetBatchSeq(after+1))
	if err != nil {
		return after, translate(err)
	}
	for raw, err := range batch {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			return after, nil
		}
		if err != nil {
			return after, translate(err)
		}
		if err := to.Deliver(l.message(raw.Subject, raw.Sequence, raw.Header, raw.Data)); err != nil {
			return after, err
		}
		after = raw.Sequence
	}
	return after, nil
}
