package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
)

const (
	// forget is how long ago an incident may have been declared and still be measured:
	// a service that was away for moments makes up for it, and nobody is told of an
	// hour that is over.
	forget = 10 * time.Minute
	// workers is how many incidents are measured at once.
	workers = 4
)

// Keeper measures what is declared. Its fields are set once, before Run.
type Keeper struct {
	Desk *Desk
	Log  eventlog.Reader
}

// Run measures until ctx ends, and returns the error that ended it.
func (k *Keeper) Run(ctx context.Context) error {
	after, err := k.recent(ctx)
	if err != nil {
		return fmt.Errorf("run checks: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	declared := make(chan incident.ID)
	var all sync.WaitGroup
	ended := make(chan error, workers)
	for range workers {
		all.Go(func() {
			for id := range declared {
				if err := k.measure(ctx, id); err != nil {
					ended <- err
					cancel()
					return
				}
			}
		})
	}
	err = k.Log.TailSubjects(ctx, eventlog.FilterIncidents, after, func(m eventlog.Message) error {
		if !k.worth(m) {
			return nil
		}
		select {
		case declared <- incident.ID(strings.TrimPrefix(m.Subject, incidentlog.SubjectPrefix)):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	close(declared)
	all.Wait()
	close(ended)
	return fmt.Errorf("run checks: %w", errors.Join(err, <-ended))
}

// recent is a place in the log before which nothing was written that still counts. It is
// found by halving, so that a start costs a few reads however long the log is.
func (k *Keeper) recent(ctx context.Context) (uint64, error) {
	var low uint64
	high, err := k.Log.LastSequence(ctx, eventlog.FilterIncidents)
	if err != nil {
		return 0, err
	}
	oldest := k.Desk.Now().Add(-forget)
	for low < high {
		middle := low + (high-low+1)/2
		at, err := k.recordedAt(ctx, middle)
		if err != nil {
			return 0, err
		}
		if at.Before(oldest) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low, nil
}

// recordedAt is when a message was written; a message that cannot be read is thought to
// be old, which at worst leaves out what stands right before it.
func (k *Keeper) recordedAt(ctx context.Context, sequence uint64) (time.Time, error) {
	m, err := k.Log.At(ctx, sequence)
	var hole *eventlog.HoleError
	switch {
	case errors.Is(err, eventlog.ErrNotFound), errors.As(err, &hole):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, err
	}
	commit, err := chain.Open(m.Data)
	if err != nil || len(commit.Records) == 0 {
		return time.Time{}, nil //nolint:nilerr // documented
	}
	envelope, err := commit.Records[0].Envelope()
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // documented
	}
	return envelope.RecordedAt(), nil
}

// worth reports whether a message declares something that is to be measured: no import,
// no practice, no planned work, and nothing of long ago.
func (k *Keeper) worth(m eventlog.Message) bool {
	entries, err := incidentlog.Open(m)
	if err != nil || len(entries) == 0 {
		return false
	}
	e, ok := entries[0].Event.(incident.Declared)
	return ok && e.Origin != incident.OriginImport && !e.Drill && e.Kind != incident.Maintenance && len(e.Services) > 0 &&
		k.Desk.Now().Sub(entries[0].RecordedAt) < forget
}

// measure measures an incident, unless that was done or is too late. The error is that of
// a process that is to die.
func (k *Keeper) measure(ctx context.Context, id incident.ID) error {
	entries, err := incidentlog.Load(ctx, k.Log, id, 0)
	if err != nil || len(entries) == 0 || k.Desk.Now().Sub(entries[0].RecordedAt) >= forget {
		return nil //nolint:nilerr // what cannot be read is not measured; it must not silence the rest
	}
	state := incidentlog.State(entries)
	if state.MergedInto != "" || state.FalseAlarm {
		return nil
	}
	_, err = k.Desk.Do(ctx, Run{
		Incident: id, Name: AtDeclaration, Services: state.Services(), Until: entries[0].RecordedAt.Add(forget), Known: state.Checked,
	})
	if errors.Is(err, errDies) {
		return err
	}
	if err != nil && ctx.Err() == nil {
		k.Desk.Logger.WarnContext(ctx, "what checks showed was not recorded", "incident_id", id, "error", err)
	}
	return nil
}
