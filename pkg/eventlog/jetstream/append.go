package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Pause between attempts: doubled from the first to the last value.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// Append implements eventlog.Log.
func (l *Log) Append(ctx context.Context, a eventlog.Append) (eventlog.Position, error) {
	if err := eventlog.CheckAppend(a, l.opts.MaxCommitBytes); err != nil {
		return eventlog.Position{}, fmt.Errorf("append to %s: %w", a.Subject, err)
	}
	if !l.hasRoom() {
		return eventlog.Position{}, fmt.Errorf("append to %s: %w", a.Subject, eventlog.ErrFull)
	}
	sequence, err := l.append(ctx, a)
	if err != nil {
		return eventlog.Position{}, fmt.Errorf("append to %s: %w", a.Subject, err)
	}
	return l.position(a, sequence)
}

// append stores one message, on one replica together with others when many wait.
// Three replicas sync once for many messages anyway.
func (l *Log) append(ctx context.Context, a eventlog.Append) (uint64, error) {
	doubt := false
	if l.replicas == 1 && !l.opts.NoGrouping {
		t, sent, err := l.group.join(ctx, a, l.stage)
		switch {
		case sent:
			return 0, fmt.Errorf("%w: %w", eventlog.ErrOutcomeUnknown, err)
		case err != nil:
			return 0, fmt.Errorf("%w: %w", eventlog.ErrUnavailable, err)
		case t.stored:
			return t.sequence, nil
		}
		defer l.group.leave()
		doubt = t.doubt
	}
	sequences, err := l.settle(ctx, []eventlog.Append{a}, doubt, func(ctx context.Context) (uint64, error) {
		return l.publish(ctx, a)
	})
	if err != nil {
		return 0, err
	}
	return sequences[0], nil
}

// AppendBatch implements eventlog.Log.
func (l *Log) AppendBatch(ctx context.Context, batch []eventlog.Append) ([]eventlog.Position, error) {
	if err := eventlog.CheckBatch(batch, l.opts.MaxCommitBytes); err != nil {
		return nil, fmt.Errorf("append %d messages: %w", len(batch), err)
	}
	if !l.hasRoom() {
		return nil, fmt.Errorf("append %d messages: %w", len(batch), eventlog.ErrFull)
	}
	sequences, err := l.settle(ctx, batch, false, func(ctx context.Context) (uint64, error) {
		return l.publishBatch(ctx, batch)
	})
	if err != nil {
		return nil, fmt.Errorf("append %d messages: %w", len(batch), err)
	}
	positions := make([]eventlog.Position, len(batch))
	for i, a := range batch {
		if positions[i], err = l.position(a, sequences[i]); err != nil {
			return nil, err
		}
	}
	return positions, nil
}

func (l *Log) hasRoom() bool { return l.opts.HasRoom == nil || l.opts.HasRoom() }

func (l *Log) position(a eventlog.Append, sequence uint64) (eventlog.Position, error) {
	hash, err := chain.LastHash(a.Data)
	if err != nil {
		return eventlog.Position{}, fmt.Errorf("append to %s: %w", a.Subject, err)
	}
	return eventlog.Position{Epoch: l.epoch, Sequence: sequence, Hash: hash}, nil
}

// settle sends until it is certain whether the messages are stored, and returns
// their sequences. send returns the first sequence of the batch; inDoubt says
// that they may have been sent before.
//
// Sending again is safe: every message carries its expectation, so at most one
// copy can be accepted.
func (l *Log) settle(ctx context.Context, batch []eventlog.Append, inDoubt bool, send func(context.Context) (uint64, error)) ([]uint64, error) {
	if l.nc.IsClosed() && !inDoubt {
		return nil, eventlog.ErrUnavailable
	}
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		first, err := l.attempt(ctx, send)
		what, reason := judge(err)
		switch what {
		case stored:
			return consecutive(first, len(batch)), nil
		case conflicted:
			sequences, done, err := l.resolve(ctx, batch)
			if done {
				return sequences, err
			}
			inDoubt = true // what is in flight may be an attempt of ours
		case refused:
			if !inDoubt || errors.Is(reason, eventlog.ErrTooLarge) {
				return nil, reason
			}
		case unknown:
			inDoubt = true
		case unreached:
		}
		if err := wait(ctx, pause); err != nil || l.nc.IsClosed() {
			if inDoubt {
				return nil, fmt.Errorf("%w: %w", eventlog.ErrOutcomeUnknown, ctxOr(ctx, reason))
			}
			return nil, fmt.Errorf("%w: %w", reason, ctxOr(ctx, eventlog.ErrUnavailable))
		}
	}
}

func ctxOr(ctx context.Context, otherwise error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return otherwise
}

func (l *Log) attempt(ctx context.Context, send func(context.Context) (uint64, error)) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, l.opts.AttemptTimeout)
	defer cancel()
	return send(ctx)
}

func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func consecutive(first uint64, n int) []uint64 {
	sequences := make([]uint64, n)
	for i := range sequences {
		sequences[i] = first + uint64(i)
	}
	return sequences
}

// resolve finds out what a conflict means. Exactly one message of each subject
// can follow the expected one: if it is ours, an earlier attempt succeeded; if it
// is another's, ours never will. done is false when nothing follows yet, which
// happens on three replicas while the conflicting message is in flight.
func (l *Log) resolve(ctx context.Context, batch []eventlog.Append) (sequences []uint64, done bool, err error) {
	for _, a := range batch {
		messages, err := l.Load(ctx, a.Subject, a.Expect)
		if err != nil {
			return nil, false, err
		}
		if len(messages) == 0 {
			last, err := l.LastSequence(ctx, a.Subject)
			if err != nil || last == a.Expect {
				continue
			}
			return nil, true, eventlog.ErrConflict
		}
		if next := messages[0]; next.Previous != a.Expect || !eventlog.SameCommit(next.Data, a.Data) {
			return nil, true, eventlog.ErrConflict
		}
		sequences = append(sequences, messages[0].Sequence)
	}
	return sequences, len(sequences) == len(batch), nil
}

// publish sends one message and returns its sequence.
func (l *Log) publish(ctx context.Context, a eventlog.Append) (uint64, error) {
	ack, err := l.js.PublishMsg(ctx, message(a), jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// publishBatch sends an atomic batch and returns its first sequence.
func (l *Log) publishBatch(ctx context.Context, batch []eventlog.Append) (uint64, error) {
	if len(batch) == 1 {
		return l.publish(ctx, batch[0])
	}
	messages := make([]*nats.Msg, len(batch))
	for i, a := range batch {
		messages[i] = message(a)
	}
	ack, err := jetstreamext.PublishMsgBatch(ctx, l.js, messages)
	if err != nil {
		return 0, err
	}
	return ack.Sequence - uint64(len(batch)) + 1, nil
}

func message(a eventlog.Append) *nats.Msg {
	header := nats.Header{jetstream.ExpectedLastSubjSeqHeader: {strconv.FormatUint(a.Expect, 10)}}
	for name, value := range a.Header {
		header.Set(name, value)
	}
	return &nats.Msg{Subject: a.Subject, Data: a.Data, Header: header}
}
