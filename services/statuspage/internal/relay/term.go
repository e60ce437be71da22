package relay

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

const (
	// historiesKept is how many incidents are kept folded; of another one the history
	// is read again.
	historiesKept = 4096
	// pendingMax is how many incidents may wait to be published before reading waits.
	pendingMax = 4096
)

// term is what a relay does between its claim and the end of it. One part folds
// what it reads, the other publishes what changed, so that a burst is folded while
// documents are on their way and costs few of them.
type term struct {
	relay  *Relay
	writer Writer
	target uint64 // the end of the log at the claim
	epoch  string // of the log; another one ends the term

	changed chan struct{} // holds one value when there is something to publish
	room    chan struct{} // holds one value when reading may go on

	// The publishing part alone knows these.
	began   time.Time       // how old a page is that nothing changed yet
	anew    bool            // all documents are computed anew
	rebuild *Rebuild        // who asked for that; nil: nobody did
	seen    map[string]bool // subjects that were put while computing anew
	asOf    time.Time       // when it was last known that everything had been read
	// asked is when the log ended at head: once that was read, it is the time as of
	// which everything is known.
	asked time.Time
	head  eventlog.Position

	mu        sync.Mutex // guards the rest
	histories *simplelru.LRU[incident.ID, *document.History]
	pending   map[incident.ID]struct{}
	headers   eventlog.Header  // of the oldest message that waits to be published
	last      eventlog.Message // the last one folded; Sequence 0 before the first
	catalogAt uint64           // the last message of the catalog
	pages     bool             // pages have to be published
}

func newTerm(r *Relay, w Writer, head eventlog.Position, asked time.Time) *term {
	histories, err := simplelru.NewLRU[incident.ID, *document.History](historiesKept, nil)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	return &term{
		relay: r, writer: w, head: head, asked: asked, target: head.Sequence, epoch: head.Epoch, histories: histories, pending: map[incident.ID]struct{}{},
		changed: make(chan struct{}, 1), room: make(chan struct{}, 1), pages: true, seen: map[string]bool{},
	}
}

// begin finds where to go on. Without a usable mark everything is computed anew.
func (t *term) begin(ctx context.Context, mark *statusv1.RelayMark, rebuild *Rebuild) error {
	position, err := eventlog.ParsePosition(mark.GetPosition())
	usable := err == nil && mark.GetComplete() && mark.GetFoldVersion() == document.Version && position.Epoch == t.epoch
	t.anew = rebuild != nil || !usable || position.IsStart()
	t.rebuild = rebuild
	if t.began, err = t.birth(ctx); err != nil {
		return err
	}
	if t.anew {
		rebuild.advance(func(p *Progress) { p.Total = t.target })
		return t.writer.Mark(ctx, &statusv1.RelayMark{})
	}
	at := func(sequence uint64) (eventlog.Message, error) { return t.relay.Log.At(ctx, sequence) }
	if err := eventlog.VerifyPosition(position, eventlog.Position{Epoch: t.epoch, Sequence: t.target}, at); err != nil {
		return err
	}
	t.last, err = t.relay.Log.At(ctx, position.Sequence)
	if err != nil {
		return err
	}
	t.catalogAt, err = t.relay.Log.LastSequence(ctx, eventlog.FilterCatalog)
	return err
}

// birth is when the first event of the log was recorded, or now.
func (t *term) birth(ctx context.Context) (time.Time, error) {
	if t.target == 0 {
		return time.Now(), nil
	}
	first, err := t.relay.Log.At(ctx, 1)
	if damaged(err) {
		return time.Now(), nil // that is for the scrubber to say
	} else if err != nil {
		return time.Time{}, err
	}
	commit, err := chain.Open(first.Data)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the first event: %w", err)
	}
	envelope, err := commit.Records[0].Envelope()
	if err != nil {
		return time.Time{}, fmt.Errorf("read the first event: %w", err)
	}
	return envelope.RecordedAt(), nil
}

// run reads and publishes until something fails or a rebuild is asked for, which is
// then the error.
func (t *term) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return t.read(ctx) })
	group.Go(func() error { return t.publish(ctx) })
	group.Go(func() error {
		select {
		case rebuild := <-t.relay.requests:
			return rebuild
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return group.Wait()
}

// take returns what waits to be published, and clears it.
func (t *term) take() (ids []incident.ID, pages bool, catalogAt uint64, headers eventlog.Header) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range maps.Keys(t.pending) {
		ids = append(ids, id)
	}
	clear(t.pending)
	pages, catalogAt, headers = t.pages, t.catalogAt, t.headers
	t.pages, t.headers = false, nil
	signal(t.room)
	return ids, pages, catalogAt, headers
}

// folded is the place in the log up to which was folded.
func (t *term) folded() eventlog.Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// signal puts a value into a channel of one, unless there is one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
