package write

import (
	"context"
	"errors"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// batch seals numbers and first commits of the waiting histories, the numbers in
// their order.
func (i *importing) batch(ctx context.Context, first uint64) ([]eventlog.Append, error) {
	s := i.service
	batch := make([]eventlog.Append, 0, 2*len(i.waiting))
	for n, w := range i.waiting {
		number := first + uint64(n)
		claim, err := s.claimOf(ctx, number, act{incident: w.id, who: i.who})
		if err != nil {
			return nil, err
		}
		c := w.plan.commits[0]
		w.plan.declare.Number = number
		events, err := incident.Decide(incident.State{}, w.plan.declare, w.plan.at)
		if err != nil {
			return nil, err
		}
		declared, err := record.Encode(events[0])
		if err != nil {
			return nil, err
		}
		c.drafts[0].Facts = declared.Facts
		data, _, err := i.seal(ctx, chain.Head{}, history.Subject(w.id), c)
		if err != nil {
			return nil, err
		}
		batch = append(batch, claim, eventlog.Append{Subject: history.Subject(w.id), Data: data, Header: telemetry.Inject(ctx)})
	}
	return batch, nil
}

func (i *importing) seal(ctx context.Context, head chain.Head, subject string, c planned) ([]byte, chain.Head, error) {
	req := c.request()
	req.TraceParent = telemetry.TraceParent(ctx)
	return chain.Seal(head, subject, c.drafts, req, i.service.Now(), i.service.Random)
}

// rest appends the commits after the first of a long history.
func (i *importing) rest(ctx context.Context, w *newHistory) error {
	if len(w.plan.commits) == 1 || w.outcome.GetExisted() {
		return nil
	}
	d, err := i.service.Store.Open(ctx, w.id)
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := d.Refresh(ctx); err != nil {
		return err
	}
	written, err := i.append(ctx, d, w.plan.commits[1:])
	w.outcome.Events += written
	if errors.Is(err, eventlog.ErrConflict) {
		w.outcome.Error = "somebody else wrote to it before it was complete: import it again for the rest"
		return nil
	}
	return err
}

// append appends commits to a desk and counts their events.
func (i *importing) append(ctx context.Context, d *history.Desk, commits []planned) (uint32, error) {
	written := uint32(0)
	for _, c := range commits {
		data, _, err := i.seal(ctx, d.Head, d.Subject(), c)
		if err != nil {
			return written, err
		}
		at, err := d.Append(ctx, data, telemetry.Inject(ctx))
		if err != nil {
			return written, err
		}
		i.last = at
		written += uint32(len(c.drafts))
	}
	return written, nil
}

// extend appends the steps that a stored history does not have yet.
func (i *importing) extend(ctx context.Context, id incident.ID, h *incidentv1.ImportedIncident, outcome *incidentv1.ImportOutcome) error {
	d, err := i.service.Store.Open(ctx, id)
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := d.Refresh(ctx); err != nil {
		return err
	}
	for {
		outcome.Existed, outcome.Number, outcome.Added = true, d.State.Number, 0
		if !i.who.sees(d.State) {
			outcome.Number, outcome.Error = 0, "it is there already, as a private incident that you cannot see: ask one of its members"
			return nil
		}
		i.last = d.Position()
		commits, err := i.growth(d, h)
		if err != nil {
			outcome.Error = err.Error()
			return nil
		}
		written, err := i.append(ctx, d, commits)
		outcome.Events, outcome.Added = written, written
		if !errors.Is(err, eventlog.ErrConflict) {
			return err
		}
		if err := d.Moved(ctx); err != nil {
			return err
		}
	}
}

// growth decides the steps that are not stored yet.
func (i *importing) growth(d *history.Desk, h *incidentv1.ImportedIncident) ([]planned, error) {
	p := &planner{i: i, id: d.ID(), state: d.State, current: planned{steps: d.Imported}}
	if err := p.steps(h.GetSteps(), true); err != nil {
		return nil, err
	}
	return p.finish(), nil
}
