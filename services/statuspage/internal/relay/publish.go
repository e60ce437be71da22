package relay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
)

const (
	// publishEvery is the least time between the beginnings of two publications. The
	// first change after a rest is published at once.
	publishEvery = 250 * time.Millisecond
	// publishShare bounds the part of the time that publishing takes: after one that
	// took long there is a rest of so many times its length, at most restMax.
	publishShare = 9
	restMax      = time.Second
	// retryMax bounds the pause between attempts that fail one after the other.
	retryMax = 2 * time.Second
)

// publishing publishes what changed until ctx ends.
func (r *Relay) publishing(ctx context.Context) {
	state := &published{hidden: map[string]document.Page{}}
	for failures := 0; ; {
		select {
		case <-r.changed:
		case <-ctx.Done():
			return
		}
		began := time.Now()
		err := r.publish(ctx, state)
		took := time.Since(began)
		rest := max(publishEvery-took, min(publishShare*took, restMax))
		failures++
		if err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			r.Logger.Warn("the status page lags: it is published again soon", "error", err)
			r.Metrics.failed("unavailable")
			r.wake()
			rest = max(rest, min(time.Duration(failures)*retryPause, retryMax))
		}
		if !pause(ctx, rest) {
			return
		}
	}
}

// published is what the publishing part knows of its last round.
type published struct {
	names  map[string]bool          // of all pages, once the others were taken away
	hidden map[string]document.Page // pages of which something was left out
}

// publish puts the documents of all pages. A page that can never be stored keeps
// its last document and does not hold up the others.
func (r *Relay) publish(ctx context.Context, state *published) error {
	pages, epoch, sequence, err := r.compute(ctx)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, page := range pages {
		names[page.GetName()] = true
		page.SourceEpoch, page.SourceSequence = epoch, sequence
		switch err := r.Publisher.Put(ctx, page.PageDocument); {
		case errors.Is(err, public.ErrOvertaken):
		case errors.Is(err, public.ErrTooLarge):
			r.Logger.Error("a page cannot be published", "page", page.GetName(), "error", err)
			r.Metrics.failed("too_large")
		case err != nil:
			return err
		default:
			r.Metrics.put(page.GetName(), proto.Size(page.PageDocument), page.Hidden)
		}
		r.tell(page, state)
	}
	if maps.Equal(names, state.names) {
		return nil
	}
	err = r.Publisher.Delete(ctx, names, epoch, sequence)
	if err == nil {
		state.names = names
	}
	if errors.Is(err, public.ErrOvertaken) {
		return nil
	}
	return err
}

// tell warns once when a page begins to leave something out.
func (r *Relay) tell(page document.Page, state *published) {
	if page.Hidden == 0 && page.HiddenComponents == 0 {
		delete(state.hidden, page.GetName())
		return
	}
	if _, told := state.hidden[page.GetName()]; !told {
		r.Logger.Warn("a page has no room for everything: its oldest open incidents and last components are left out",
			"page", page.GetName(), "open_incidents", page.Hidden, "components", page.HiddenComponents)
	}
	state.hidden[page.GetName()] = page
}

// compute returns the documents of all pages and the place in the log that they
// are computed from. Nothing is folded meanwhile.
func (r *Relay) compute(ctx context.Context) (pages []document.Page, epoch string, sequence uint64, err error) {
	r.mu.Lock()
	catalogAt := r.catalogAt
	r.mu.Unlock()
	state, err := r.Catalog.Wait(ctx, catalogAt)
	if err != nil {
		return nil, "", 0, fmt.Errorf("wait for the catalog: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range r.fold.Missing() {
		if err := r.restore(ctx, id); err != nil {
			return nil, "", 0, err
		}
	}
	return r.fold.Pages(state), r.epoch, r.last.Sequence, nil
}

// restore reads the history of an incident again that was forgotten as no page had
// room for it. A damaged one is left off the page.
func (r *Relay) restore(ctx context.Context, id incident.ID) error {
	messages, err := r.Log.Load(ctx, "incident."+string(id), 0)
	if _, damaged := errors.AsType[*eventlog.HoleError](err); damaged {
		r.Logger.Error("an incident cannot be read for the status page", "incident", id, "error", err)
	} else if err != nil {
		return fmt.Errorf("read incident %s again: %w", id, err)
	}
	var history []incident.Recorded
	for _, m := range messages {
		commit, err := chain.Open(m.Data)
		if err != nil {
			r.Logger.Error("a commit cannot be read for the status page", "sequence", m.Sequence, "error", err)
			continue
		}
		for i := range commit.Records {
			if !document.Concerns(string(commit.Records[i].Type())) {
				continue
			}
			if event, err := record.Decode(commit.Records[i]); err == nil {
				history = append(history, event)
			}
		}
	}
	r.fold.Restore(id, history)
	return nil
}
