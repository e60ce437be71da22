package jetstream

import (
	"context"

	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// staging is an atomic batch on its way to the server, which stores all of it or nothing,
// at its commit.
type staging interface {
	// add sends a message ahead. An error says that nothing of the batch will be stored.
	add(a eventlog.Append) error
	// commit sends the last message and returns its sequence.
	commit(ctx context.Context, a eventlog.Append) (uint64, error)
}

// batch is a batch of a group. What waits is sent ahead while others are still expected: to
// prepare a batch takes the server as long as some syncs, and it begins with the first
// message.
type batch struct {
	own *waiting // the leader's, which commits
	// members are in the order of the batch: own is the last one in the end.
	members  []*waiting
	subjects map[string]bool
	size     int  // of the commits, in bytes
	full     bool // nobody else fits
	open     func() (staging, error)
	sent     staging // nil until the first message
	failed   error   // why nothing of it will be stored
}

func newBatch(own *waiting, open func() (staging, error)) *batch {
	b := &batch{own: own, subjects: map[string]bool{}, open: open}
	b.admit(own)
	return b
}

// admit takes one in, if it fits.
func (b *batch) admit(w *waiting) bool {
	a := w.append
	if len(b.members) >= groupMessages || b.size+len(a.Data) > groupBytes && len(b.members) > 0 {
		b.full = true
		return false
	}
	if b.subjects[a.Subject] {
		return false
	}
	b.subjects[a.Subject] = true
	b.size += len(a.Data)
	b.members = append(b.members, w)
	return true
}

// stage sends what was admitted.
func (b *batch) stage(admitted []*waiting) {
	for _, w := range admitted {
		if b.begin(); b.failed != nil {
			return
		}
		b.failed = b.sent.add(w.append)
	}
}

func (b *batch) begin() {
	if b.sent == nil && b.failed == nil {
		b.sent, b.failed = b.open()
	}
}

// commit stores the batch and returns its first sequence. The leader's append, admitted
// first and sent last, becomes the last of the members. The batch is everybody's, so it is
// sent even if the leader's own time has run out.
func (b *batch) commit(ctx context.Context) (first uint64, err error) {
	ctx = context.WithoutCancel(ctx)

	b.members = append(b.members[1:], b.own)
	if b.begin(); b.failed != nil {
		return 0, b.failed
	}
	last, err := b.sent.commit(ctx, b.own.append)
	if err != nil {
		return 0, err
	}
	return last - uint64(len(b.members)) + 1, nil
}

// staged is a batch on its way through a connection.
type staged struct {
	log       *Log
	publisher jetstreamext.BatchPublisher
}

// stage begins a batch. No message but the last is acknowledged: what would be refused
// makes the commit fail.
func (l *Log) stage() (staging, error) {
	publisher, err := jetstreamext.NewBatchPublisher(l.js, jetstreamext.BatchFlowControl{})
	if err != nil {
		return nil, err
	}
	return &staged{log: l, publisher: publisher}, nil
}

func (s *staged) add(a eventlog.Append) error { return s.publisher.AddMsg(message(a)) }

func (s *staged) commit(ctx context.Context, a eventlog.Append) (uint64, error) {
	return s.log.attempt(ctx, func(ctx context.Context) (uint64, error) {
		if s.publisher.Size() == 0 {
			return s.log.publish(ctx, a)
		}
		ack, err := s.publisher.CommitMsg(ctx, message(a))
		if err != nil {
			return 0, err
		}
		return ack.Sequence, nil
	})
}
