package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/record"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
)

// Publisher is where documents go. It is implemented by public.Writer.
type Publisher interface {
	Put(ctx context.Context, doc *statusv1.PageDocument) error
	Delete(ctx context.Context, keep map[string]bool, epoch string, sequence uint64) error
}

// retryPause lies between attempts while the log or the stream is away.
const retryPause = 500 * time.Millisecond

// Relay follows the log and publishes documents.
type Relay struct {
	// Log is read from its beginning.
	Log eventlog.Reader
	// Catalog follows the same log.
	Catalog *catalog.Follower
	// Publisher gets the documents.
	Publisher Publisher
	// Logger gets what an operator should know.
	Logger *slog.Logger

	fold     *document.Fold
	position eventlog.Position
	target   uint64 // nothing is published before this sequence was read
}

// Run relays until ctx ends, then returns nil. It survives that the log or the
// stream is away; a damaged log ends it with an error.
func (r *Relay) Run(ctx context.Context) error {
	r.fold = document.NewFold()
	select {
	case <-r.Catalog.Ready():
	case <-ctx.Done():
		return nil
	}
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
		r.Logger.Warn("the status page lags: the relay starts again", "error", err)
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
	r.target = head.Sequence
	if r.position.Epoch == "" {
		r.position.Epoch = head.Epoch
	}
	if r.position.Sequence >= r.target {
		if err := r.publish(ctx); err != nil {
			return err
		}
	}
	return r.Log.Tail(ctx, r.position, func(m eventlog.Message) error { return r.take(ctx, m) })
}

// take folds one message and publishes when something public changed.
func (r *Relay) take(ctx context.Context, m eventlog.Message) error {
	changed, err := r.apply(ctx, m)
	if err != nil {
		return err
	}
	hash, err := chain.LastHash(m.Data)
	if err != nil {
		return err
	}
	r.position = eventlog.Position{Epoch: m.Epoch, Sequence: m.Sequence, Hash: hash}
	if m.Sequence == r.target || m.Sequence > r.target && changed {
		return r.publish(ctx)
	}
	return nil
}

func (r *Relay) apply(ctx context.Context, m eventlog.Message) (bool, error) {
	switch {
	case strings.HasPrefix(m.Subject, "incident."):
		return r.applyIncident(m)
	case eventlog.Match(eventlog.FilterCatalog, m.Subject):
		if m.Sequence < r.target {
			return false, nil
		}
		_, err := r.Catalog.Wait(ctx, m.Sequence)
		return true, err
	}
	return false, nil
}

// applyIncident folds the records of a commit that can be public. One that cannot
// be read is passed over: it hides itself, and never stops the page.
func (r *Relay) applyIncident(m eventlog.Message) (bool, error) {
	commit, err := chain.Open(m.Data)
	if err != nil {
		r.Logger.Error("a commit cannot be read for the status page", "sequence", m.Sequence, "error", err)
		return false, nil
	}
	changed := false
	for _, stored := range commit.Records {
		envelope, err := stored.Envelope()
		if err != nil || !document.Concerns(envelope.Type) {
			continue
		}
		event, err := record.DecodeParsed(&envelope, stored)
		if err != nil {
			r.Logger.Error("an event cannot be read for the status page", "sequence", m.Sequence, "error", err)
			continue
		}
		changed = r.fold.Apply(event) || changed
	}
	return changed, nil
}

// publish puts the documents of all pages.
func (r *Relay) publish(ctx context.Context) error {
	keep := map[string]bool{}
	for _, doc := range r.fold.Pages(r.Catalog.State()) {
		keep[doc.GetName()] = true
		doc.SourceEpoch, doc.SourceSequence = r.position.Epoch, r.position.Sequence
		if err := r.Publisher.Put(ctx, doc); err != nil && !errors.Is(err, public.ErrOvertaken) {
			return err
		}
	}
	err := r.Publisher.Delete(ctx, keep, r.position.Epoch, r.position.Sequence)
	if errors.Is(err, public.ErrOvertaken) {
		return nil
	}
	return err
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
