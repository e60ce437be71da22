package relay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
)

// publishEvery is the least time between the beginnings of two publications. The
// first change after a rest is published at once.
const publishEvery = 200 * time.Millisecond

// publish publishes what changed, and gives signs of life, until something fails.
func (t *term) publish(ctx context.Context) error {
	life := time.NewTicker(signEvery)
	defer life.Stop()
	for {
		began := time.Now()
		select {
		case <-t.changed:
			if err := t.round(ctx); err != nil {
				return err
			}
		case <-life.C:
			if err := t.sign(ctx); err != nil {
				return err
			}
			continue
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := wait.For(ctx, publishEvery-time.Since(began)); err != nil {
			return err
		}
	}
}

// round puts the documents of all that changed.
func (t *term) round(ctx context.Context) (err error) {
	last := t.folded()
	ids, pages, catalogAt, headers := t.take()
	ctx, span := t.relay.Tracer.Start(telemetry.Extract(ctx, headers), "publish public documents")
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, "publish public documents")
		}
		span.End()
	}()
	changed := 0
	for _, id := range ids {
		put, err := t.putIncident(ctx, id, last.Sequence)
		if err != nil {
			return err
		}
		changed += put
	}
	if pages {
		put, err := t.putPages(ctx, catalogAt, last.Sequence)
		if err != nil {
			return err
		}
		changed += put
	}
	span.SetAttributes(attribute.Int("bridgelog.incidents", len(ids)), attribute.Int("bridgelog.documents", changed))
	t.rebuild.advance(func(p *Progress) { p.Read, p.Changed = last.Sequence, p.Changed+uint64(changed) })
	if t.anew && last.Sequence >= t.target {
		return t.finish(ctx, last)
	}
	return t.store(ctx, last)
}

// putIncident puts the document of one incident, and tells how many it stored.
func (t *term) putIncident(ctx context.Context, id incident.ID, sequence uint64) (int, error) {
	history, err := t.history(ctx, id)
	if err != nil || history == nil {
		return 0, err
	}
	t.mu.Lock()
	doc, subject, public := history.Document(), public.SubjectOf(history.PublicID()), history.Published()
	t.mu.Unlock()
	if !public {
		return 0, nil
	}
	if doc.GetId() != "" {
		doc.SourceEpoch, doc.SourceSequence = t.epoch, sequence
		if t.anew {
			t.seen[subject] = true
		}
	}
	return t.put(ctx, "incident", subject, doc)
}

// put puts one document. One that can never be stored does not hold up the others.
func (t *term) put(ctx context.Context, kind, subject string, doc proto.Message) (int, error) {
	changed, err := t.writer.Put(ctx, subject, doc)
	switch {
	case errors.Is(err, public.ErrTooLarge):
		t.relay.Logger.Error("a public document cannot be stored", "subject", subject, "error", err)
		t.relay.Metrics.failed("too_large")
		return 0, nil
	case err != nil:
		return 0, err
	case changed:
		t.relay.Metrics.put(kind)
		return 1, nil
	}
	return 0, nil
}

// putPages puts the documents of all pages and takes those away that are gone.
func (t *term) putPages(ctx context.Context, catalogAt, sequence uint64) (changed int, err error) {
	state, err := t.relay.Catalog.Wait(ctx, catalogAt)
	if err != nil {
		return 0, fmt.Errorf("wait for the catalog: %w", err)
	}
	names := map[string]bool{}
	for _, page := range document.Pages(state, t.began) {
		if page.HiddenComponents > 0 {
			t.relay.Logger.Warn("a page has no room for all components: the last are left out", "page", page.GetName(), "components", page.HiddenComponents)
		}
		page.SourceEpoch, page.SourceSequence = t.epoch, sequence
		subject := public.SubjectOfPage(page.GetName())
		names[subject] = true
		put, err := t.put(ctx, "page", subject, page.PageDocument)
		if err != nil {
			return changed, err
		}
		changed += put
	}
	gone, err := t.writer.Retire(ctx, func(subject string) bool {
		return names[subject] || !strings.HasPrefix(subject, public.SubjectOfPage(""))
	})
	return changed + gone, err
}

// finish ends a computation of all documents: those that the log does not know go.
func (t *term) finish(ctx context.Context, last eventlog.Message) error {
	gone, err := t.writer.Retire(ctx, func(subject string) bool {
		return t.seen[subject] || strings.HasPrefix(subject, public.SubjectOfPage(""))
	})
	if err != nil {
		return err
	}
	t.anew, t.seen = false, nil
	if err := t.store(ctx, last); err != nil {
		return err
	}
	t.rebuild.advance(func(p *Progress) { p.Read, p.Removed = p.Total, p.Removed+uint64(gone) })
	t.rebuild.end(nil)
	t.rebuild = nil
	return nil
}
