package clocks

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/pkg/playbook/recurrence"
)

// watched is one incident as far as the log was read.
type watched struct {
	id       incident.ID
	history  clock.History
	compared recurrence.Incident
	revision uint64
	// next is when to look again; zero: not before something happens.
	next time.Time
	// matters is true when something came that comparisons have not seen.
	matters bool
	// refused is the revision at which command refused for good what was asked.
	refused uint64
}

// apply folds the events that come next, and reports whether none is missing.
func (w *watched) apply(entries []incidentlog.Entry) bool {
	for _, e := range entries {
		switch {
		case e.Revision <= w.revision:
		case e.Revision > w.revision+1:
			return false
		default:
			w.history.Apply(e.Recorded)
			w.matters = w.compared.Apply(e.Recorded) || w.matters
			w.revision = e.Revision
		}
	}
	return true
}

// passing is a threshold that a clock has passed, and when.
type passing struct {
	clock.Reading

	threshold clock.Threshold
	at        time.Time
}

// untold returns what was passed and is not recorded yet, and when to look again. What
// was passed before oldest is forgotten.
func (w *watched) untold(p *clock.Policies, now, oldest time.Time) ([]passing, time.Time) {
	readings := clock.Due(w.history.Facts(), p, now)
	var found []passing
	for _, r := range readings {
		t, ok := r.Passed()
		if !ok || r.Start.Revision == 0 || w.history.Told(r, t) {
			continue
		}
		one := passing{Reading: r, threshold: t, at: passedAt(r, t)}
		if !one.at.Before(oldest) {
			found = append(found, one)
		}
	}
	next, _ := clock.Next(readings)
	return found, next
}

// passedAt is when a reading passed a threshold.
func passedAt(r clock.Reading, t clock.Threshold) time.Time {
	switch t {
	case clock.Warned:
		return r.Warn
	case clock.Breached:
		return r.Due
	case clock.Done:
	}
	return r.Done
}
