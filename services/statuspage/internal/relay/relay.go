package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/record"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

// Publisher is where documents go. It is implemented by public.Writer.
type Publisher interface {
	Put(ctx context.Context, doc *statusv1.PageDocument) error
	Delete(ctx context.Context, keep map[string]bool, epoch string, sequence uint64) error
}

// retryPause lies between attempts while the log or the stream is away.
const retryPause = 500 * time.Millisecond

// Relay follows the log and publishes documents. One part folds what it reads, the
// other publishes what changed, so that a burst is folded while a document is on
// its way and costs few documents.
type Relay struct {
	// Log is read from its beginning.
	Log eventlog.Reader
	// Catalog follows the same log.
	Catalog *catalog.Follower
	// Publisher gets the documents.
	Publisher Publisher
	// Logger gets what an operator should know.
	Logger *slog.Logger
	// Metrics count what was published; nil: nowhere.
	Metrics *Metrics

	changed chan struct{} // holds one value when there is something to publish

	mu        sync.Mutex // guards the rest
	fold      *document.Fold
	last      eventlog.Message // the last one folded; Sequence 0 before the first
	epoch     string
	target    uint64 // nothing is published before this sequence was read
	caughtUp  bool
	catalogAt uint64 // the last message of the catalog
}

// Run relays until ctx ends, then returns nil. It survives that the log or the
// stream is away; a damaged log ends it with an error.
func (r *Relay) Run(ctx context.Context) error {
	r.fold = document.NewFold(time.Now())
	r.changed = make(chan struct{}, 1)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.read(ctx) })
	group.Go(func() error {
		r.publishing(ctx)
		return nil
	})
	return group.Wait()
}

// read follows the log until ctx ends or the log is damaged.
func (r *Relay) read(ctx context.Context) error {
	for {
		err := r.follow(ctx)
		var hole *eventlog.HoleError
		var position *eventlog.PositionError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &hole), errors.As(err, &position):
			return fmt.Errorf("relay to the status page: %w", err)
		}
		r.Logger.Warn("the status page lags: the relay reads on", "error", err)
		if !pause(ctx, retryPause) {
			return nil
		}
	}
}

func (r *Relay) follow(ctx context.Context) error {
	head, err := r.Log.Head(ctx)
	if err != nil {
		return err
	}
	position := eventlog.Position{Epoch: head.Epoch}
	r.mu.Lock()
	last := r.last
	if last.Sequence == 0 {
		r.epoch, r.target = head.Epoch, head.Sequence
	}
	if !r.caughtUp && last.Sequence >= r.target {
		r.caughtUp = true
		r.wake()
	}
	r.mu.Unlock()
	if last.Sequence > 0 {
		if position, err = last.Position(); err != nil {
			return err
		}
	}
	return r.Log.Tail(ctx, position, func(m eventlog.Message) error {
		r.take(m)
		return nil
	})
}

// take folds one message, and says so when something public changed.
func (r *Relay) take(m eventlog.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	changed := r.apply(m)
	if r.last.Sequence == 0 {
		r.begin(m)
	}
	r.last, r.epoch = m, m.Epoch
	if m.Sequence >= r.target && (changed || !r.caughtUp) {
		r.caughtUp = true
		r.wake()
	}
}

// begin dates the page by the first event of the log.
func (r *Relay) begin(m eventlog.Message) {
	if commit, err := chain.Open(m.Data); err == nil {
		if envelope, err := commit.Records[0].Envelope(); err == nil {
			r.fold.Began(envelope.RecordedAt())
		}
	}
}

func (r *Relay) apply(m eventlog.Message) bool {
	switch {
	case strings.HasPrefix(m.Subject, "incident."):
		return r.applyIncident(m)
	case eventlog.Match(eventlog.FilterCatalog, m.Subject):
		r.catalogAt = m.Sequence
		return true
	}
	return false
}

// applyIncident folds the records of a commit that can be public. One that cannot
// be read is passed over: it hides itself, and never stops the page.
func (r *Relay) applyIncident(m eventlog.Message) bool {
	commit, err := chain.Open(m.Data)
	if err != nil {
		r.Logger.Error("a commit cannot be read for the status page", "sequence", m.Sequence, "error", err)
		return false
	}
	changed := false
	for i := range commit.Records {
		if !document.Concerns(string(commit.Records[i].Type())) {
			continue
		}
		event, err := record.Decode(commit.Records[i])
		if err != nil {
			r.Logger.Error("an event cannot be read for the status page", "sequence", m.Sequence, "error", err)
			continue
		}
		changed = r.fold.Apply(event) || changed
	}
	return changed
}

// wake says that there is something to publish.
func (r *Relay) wake() {
	select {
	case r.changed <- struct{}{}:
	default: // it was said already
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
