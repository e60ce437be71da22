package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Bounds of what a feed keeps and of its patience.
const (
	keepBatches = 4096
	retryPause  = 250 * time.Millisecond
)

// Feed keeps the newest events while [Feed.Run] runs. Its methods are safe for
// concurrent use.
type Feed struct {
	log    eventlog.Reader
	logger *slog.Logger
	keep   int

	mu sync.Mutex
	// base is the sequence after which batches are complete; at is how far the
	// log was read. Both are 0 before the log was reached.
	base    uint64
	at      eventlog.Position
	batches []batch
	grown   chan struct{} // closed and replaced whenever at moves

	// watchers counts cursors. Nothing is read while there is none: wanted is
	// closed while there are, and pause ends what is being read.
	watchers int
	wanted   chan struct{}
	pause    context.CancelFunc
}

// New returns a feed that does nothing until Run.
func New(log eventlog.Reader, logger *slog.Logger) *Feed {
	return &Feed{log: log, logger: logger, keep: keepBatches, grown: make(chan struct{}), wanted: make(chan struct{})}
}

// Run follows the log while somebody watches, until ctx ends, and returns nil
// then. A log that cannot be reached, or is not the one that was read before, is
// begun anew at its end.
func (f *Feed) Run(ctx context.Context) error {
	for f.watched(ctx) {
		following, stop := context.WithCancel(ctx)
		if !f.pausable(stop) {
			stop()
			continue
		}
		err := f.follow(following)
		unwatched := following.Err() != nil
		stop()
		if unwatched {
			continue
		}
		f.logger.WarnContext(ctx, "watches cannot follow the log and try again", "error", err)
		timer := time.NewTimer(retryPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
	return nil
}

// watched waits until somebody watches; false when ctx ended first.
func (f *Feed) watched(ctx context.Context) bool {
	f.mu.Lock()
	wanted := f.wanted
	f.mu.Unlock()
	select {
	case <-wanted:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// pausable lets the last watcher who leaves call pause; false when that has
// happened already.
func (f *Feed) pausable(pause context.CancelFunc) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pause = pause
	return f.watchers > 0
}

func (f *Feed) enter() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watchers++; f.watchers == 1 {
		close(f.wanted)
	}
}

func (f *Feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watchers--; f.watchers > 0 {
		return
	}
	f.wanted = make(chan struct{})
	// Nobody would take away what is redacted from now on.
	f.base, f.batches = f.at.Sequence, nil
	if f.pause != nil {
		f.pause()
	}
}

func (f *Feed) follow(ctx context.Context) error {
	head, err := f.log.Head(ctx)
	if err != nil {
		return err
	}
	f.begin(head)
	r := newReader(f.log, head)
	return f.log.Tail(ctx, head, func(m eventlog.Message) error {
		b, err := r.read(ctx, m)
		if err != nil {
			return err
		}
		f.add(b, redactionsOf(m, b))
		return nil
	})
}

// redactionsOf are the entries that a message redacts; messages of other subjects
// redact none.
func redactionsOf(m eventlog.Message, b batch) map[uint64]bool {
	for _, i := range b.items {
		if i.Entry.GetType() == (incident.EntryRedacted{}).Type() {
			return redactions([]eventlog.Message{m})
		}
	}
	return nil
}

// begin forgets what is kept and starts at a position.
func (f *Feed) begin(at eventlog.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.base, f.at, f.batches = at.Sequence, at, nil
	f.wake()
}

func (f *Feed) add(b batch, redacted map[uint64]bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(redacted) > 0 {
		f.redact(b.items[0].ID, redacted)
	}
	f.at = b.position
	if len(b.items) > 0 {
		f.batches = append(f.batches, b)
	}
	if over := len(f.batches) - f.keep; over > 0 {
		// A quarter at once, so that the rest is seldom moved.
		over += f.keep / 4
		f.base = f.batches[over-1].position.Sequence
		f.batches = append([]batch(nil), f.batches[over:]...)
	}
	f.wake()
}

// redact takes away what kept items say that was redacted since.
func (f *Feed) redact(id incident.ID, gone map[uint64]bool) {
	for n := range f.batches {
		kept := f.batches[n].items
		if len(kept) == 0 || kept[0].ID != id {
			continue
		}
		fresh := append([]Item(nil), kept...)
		for i := range fresh {
			if gone[fresh[i].Entry.GetRevision()] {
				fresh[i].redact()
			}
		}
		f.batches[n].items = fresh
	}
}

func (f *Feed) wake() {
	close(f.grown)
	f.grown = make(chan struct{})
}

// after returns the batches after a sequence, at most so many, where a reader
// stands who has seen them, and a channel that is closed when there is more. ok
// is false when some of them are not kept any more.
func (f *Feed) after(sequence uint64, most int) (found []batch, at eventlog.Position, grown <-chan struct{}, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if sequence < f.base {
		return nil, f.at, f.grown, false
	}
	// The newest are at the end, where watchers mostly stand.
	begin := len(f.batches)
	for begin > 0 && f.batches[begin-1].position.Sequence > sequence {
		begin--
	}
	end := min(len(f.batches), begin+most)
	found = append(found, f.batches[begin:end]...)
	if end < len(f.batches) {
		return found, found[len(found)-1].position, f.grown, true
	}
	return found, f.at, f.grown, true
}
