package memory

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Options configure a log; the zero value is a log without a byte limit.
type Options struct {
	// Epoch is the log's epoch; default "memory".
	Epoch string
	// MaxBytes is the sum of the sizes of all commits at which appends are
	// refused with ErrFull; 0 means no limit.
	MaxBytes uint64
	// MaxCommitBytes limits one commit; default eventlog.DefaultMaxCommitBytes.
	MaxCommitBytes int
}

// Log is an eventlog.Log in memory.
type Log struct {
	opts Options

	mu       sync.Mutex
	messages []*eventlog.Message // index is sequence-1; nil is a hole
	last     map[string]uint64
	bytes    uint64
	grown    chan struct{} // closed and replaced at every append
}

var _ eventlog.Log = (*Log)(nil)

// New returns an empty log.
func New(opts Options) *Log {
	if opts.Epoch == "" {
		opts.Epoch = "memory"
	}
	if opts.MaxCommitBytes == 0 {
		opts.MaxCommitBytes = eventlog.DefaultMaxCommitBytes
	}
	return &Log{opts: opts, last: make(map[string]uint64), grown: make(chan struct{})}
}

// Append implements eventlog.Log.
func (l *Log) Append(ctx context.Context, a eventlog.Append) (eventlog.Position, error) {
	positions, err := l.AppendBatch(ctx, []eventlog.Append{a})
	if err != nil {
		return eventlog.Position{}, err
	}
	return positions[0], nil
}

// AppendBatch implements eventlog.Log.
func (l *Log) AppendBatch(ctx context.Context, batch []eventlog.Append) ([]eventlog.Position, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("append: %w: %w", eventlog.ErrUnavailable, err)
	}
	if err := eventlog.CheckBatch(batch, l.opts.MaxCommitBytes); err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	size := uint64(0)
	for _, a := range batch {
		size += uint64(len(a.Data))
		if l.last[a.Subject] != a.Expect {
			return l.resolve(batch)
		}
	}
	if l.opts.MaxBytes > 0 && l.bytes+size > l.opts.MaxBytes {
		return nil, fmt.Errorf("append: %w", eventlog.ErrFull)
	}
	positions := make([]eventlog.Position, len(batch))
	for i, a := range batch {
		m := l.store(a)
		p, err := m.Position()
		if err != nil {
			return nil, fmt.Errorf("append: %w", err)
		}
		positions[i] = p
	}
	close(l.grown)
	l.grown = make(chan struct{})
	return positions, nil
}

func (l *Log) store(a eventlog.Append) eventlog.Message {
	m := &eventlog.Message{
		Subject: a.Subject, Sequence: uint64(len(l.messages)) + 1, Previous: l.last[a.Subject],
		Epoch: l.opts.Epoch, Data: append([]byte(nil), a.Data...), Header: a.Header,
	}
	l.messages = append(l.messages, m)
	l.last[a.Subject] = m.Sequence
	l.bytes += uint64(len(a.Data))
	return *m
}

// resolve answers a conflict: the positions of the batch if it is there already.
func (l *Log) resolve(batch []eventlog.Append) ([]eventlog.Position, error) {
	positions := make([]eventlog.Position, 0, len(batch))
	for _, a := range batch {
		messages, err := l.load(a.Subject, a.Expect)
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			if m.Previous != a.Expect || !eventlog.SameCommit(m.Data, a.Data) {
				continue
			}
			p, err := m.Position()
			if err != nil {
				return nil, fmt.Errorf("append: %w", err)
			}
			positions = append(positions, p)
		}
	}
	if len(positions) != len(batch) {
		return nil, fmt.Errorf("append: %w", eventlog.ErrConflict)
	}
	return positions, nil
}

// Erase implements eventlog.Log.
func (l *Log) Erase(_ context.Context, sequence uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sequence == 0 || sequence > uint64(len(l.messages)) {
		return fmt.Errorf("erase message %d: %w", sequence, eventlog.ErrNotFound)
	}
	replacement, err := l.replacement(sequence)
	if err != nil {
		return fmt.Errorf("erase message %d: %w", sequence, eventlog.ErrNoReplacement)
	}
	original := l.messages[sequence-1]
	if original == nil {
		return nil
	}
	if err := eventlog.CheckErase(*original, replacement); err != nil {
		return err
	}
	l.drop(sequence)
	return nil
}

// Lose makes a hole that nothing explains, as damage to a store does.
func (l *Log) Lose(sequence uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(sequence)
}

func (l *Log) drop(sequence uint64) {
	if m := l.messages[sequence-1]; m != nil {
		l.bytes -= uint64(len(m.Data))
		l.messages[sequence-1] = nil
	}
}

// Truncate forgets every message after a sequence, as a restored older copy
// does; sequences are then used again.
func (l *Log) Truncate(after uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages = l.messages[:after]
	l.last = make(map[string]uint64)
	for _, m := range l.messages {
		if m != nil {
			l.last[m.Subject] = m.Sequence
		}
	}
}

// Info implements eventlog.Log.
func (l *Log) Info(context.Context) (eventlog.Info, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	info := eventlog.Info{
		Epoch: l.opts.Epoch, LastSequence: uint64(len(l.messages)), Bytes: l.bytes, MaxBytes: l.opts.MaxBytes, Replicas: 1,
		Attestation: eventlog.Attestation{At: time.Unix(0, 0).UTC(), Servers: []string{"memory"}, SyncAlways: true},
	}
	for _, m := range l.messages {
		if m == nil {
			continue
		}
		if info.Messages == 0 {
			info.FirstSequence = m.Sequence
		}
		info.Messages++
	}
	return info, nil
}
