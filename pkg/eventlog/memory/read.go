package memory

import (
	"context"
	"fmt"
	"sort"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Head implements eventlog.Log.
func (l *Log) Head(context.Context) (eventlog.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head()
}

func (l *Log) head() (eventlog.Position, error) {
	if len(l.messages) == 0 {
		return eventlog.Position{Epoch: l.opts.Epoch}, nil
	}
	m, err := l.at(uint64(len(l.messages)))
	if err != nil {
		return eventlog.Position{}, err
	}
	return m.Position()
}

// Last implements eventlog.Log.
func (l *Log) Last(ctx context.Context, subject string) (eventlog.Message, error) {
	sequence, err := l.LastSequence(ctx, subject)
	if err != nil {
		return eventlog.Message{}, err
	}
	if sequence == 0 {
		return eventlog.Message{}, fmt.Errorf("last message of %s: %w", subject, eventlog.ErrNotFound)
	}
	return l.At(ctx, sequence)
}

// LastSequence implements eventlog.Log.
func (l *Log) LastSequence(_ context.Context, subject string) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, ok := l.last[subject]; ok {
		return last, nil
	}
	last := uint64(0)
	for s, sequence := range l.last {
		if sequence > last && eventlog.Match(subject, s) {
			last = sequence
		}
	}
	return last, nil
}

// Load implements eventlog.Log.
func (l *Log) Load(_ context.Context, subject string, after uint64) ([]eventlog.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.load(subject, after)
}

func (l *Log) load(subject string, after uint64) ([]eventlog.Message, error) {
	end := eventlog.Message{Previous: l.last[subject]}
	messages, err := eventlog.Missing(end, after, l.at)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", subject, err)
	}
	return messages, nil
}

// At implements eventlog.Log.
func (l *Log) At(_ context.Context, sequence uint64) (eventlog.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at(sequence)
}

func (l *Log) at(sequence uint64) (eventlog.Message, error) {
	if sequence == 0 || sequence > uint64(len(l.messages)) {
		return eventlog.Message{}, fmt.Errorf("message %d: %w", sequence, eventlog.ErrNotFound)
	}
	if m := l.messages[sequence-1]; m != nil {
		return *m, nil
	}
	return l.replacement(sequence)
}

func (l *Log) replacement(sequence uint64) (eventlog.Message, error) {
	last := l.last[eventlog.RedactionSubject(sequence)]
	if last == 0 || l.messages[last-1] == nil {
		return eventlog.Message{}, &eventlog.HoleError{First: sequence, Last: sequence}
	}
	return eventlog.ReplacementOf(*l.messages[last-1])
}

// Subjects implements eventlog.Log.
func (l *Log) Subjects(_ context.Context, filter string) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var subjects []string
	for s := range l.last {
		if eventlog.Match(filter, s) {
			subjects = append(subjects, s)
		}
	}
	sort.Strings(subjects)
	return subjects, nil
}

// Read implements eventlog.Log.
func (l *Log) Read(ctx context.Context, after eventlog.Position, until uint64, fn func(eventlog.Message) error) error {
	if err := l.verify(after); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	for sequence := after.Sequence + 1; sequence <= until; sequence++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		m, err := l.At(ctx, sequence)
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		if err := fn(m); err != nil {
			return err
		}
	}
	return nil
}

// Tail implements eventlog.Log.
func (l *Log) Tail(ctx context.Context, after eventlog.Position, fn func(eventlog.Message) error) error {
	return l.follow(ctx, func(until uint64) error {
		position := after
		err := l.Read(ctx, after, until, func(m eventlog.Message) error {
			p, err := m.Position()
			if err != nil {
				return err
			}
			position = p
			return fn(m)
		})
		after = position
		return err
	})
}

// TailSubjects implements eventlog.Log.
func (l *Log) TailSubjects(ctx context.Context, filter string, after uint64, fn func(eventlog.Message) error) error {
	at := func(sequence uint64) (eventlog.Message, error) { return l.At(ctx, sequence) }
	follower := eventlog.NewFollower(after, at, fn)
	return l.follow(ctx, func(until uint64) error {
		for ; after < until; after++ {
			l.mu.Lock()
			m := l.messages[after]
			l.mu.Unlock()
			if m == nil || !eventlog.Match(filter, m.Subject) {
				continue
			}
			if err := follower.Deliver(*m); err != nil {
				return err
			}
		}
		return nil
	})
}

// follow calls read whenever the log has grown, and at once.
func (l *Log) follow(ctx context.Context, read func(until uint64) error) error {
	for {
		l.mu.Lock()
		grown, until := l.grown, uint64(len(l.messages))
		l.mu.Unlock()
		if err := read(until); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("tail log: %w", ctx.Err())
		case <-grown:
		}
	}
}

// verify checks that a position belongs to this log.
func (l *Log) verify(p eventlog.Position) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return eventlog.VerifyPosition(p, eventlog.Position{Epoch: l.opts.Epoch, Sequence: uint64(len(l.messages))}, l.at)
}
