package fold

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Change is what became of one incident by a fold.
type Change struct {
	ID incident.ID
	// Events are those that were folded.
	Events []Event
	// Problem is why the incident is in quarantine; nil when it is not.
	Problem *Problem
	// Entries are those that were added or changed, by revision. They and Incident
	// are valid until the engine folds on.
	Entries []*view.Entry
	// Incident is the incident after the fold. Its revision is 0 when nothing of
	// it could be folded yet.
	Incident *view.Incident

	state *state
}

func (c *Change) complete() {
	c.Problem = c.state.problem
	c.Entries = c.state.changed()
	c.Incident = &c.state.view.Incident
}

// Rows are what a fold changes in the read model.
type Rows struct {
	Incidents []row.Incident
	Entries   []row.Entry
	Problems  []Problem
}

// Add adds the rows of a change.
func (r *Rows) Add(c Change) error {
	if c.Problem != nil {
		r.Problems = append(r.Problems, *c.Problem)
	}
	if c.Incident.Revision == 0 {
		return nil
	}
	i, err := row.IncidentOf(c.Incident)
	if err != nil {
		return err
	}
	r.Incidents = append(r.Incidents, i)
	for _, e := range c.Entries {
		r.Entries = append(r.Entries, row.Entry{IncidentID: string(c.ID), Entry: *e})
	}
	return nil
}

// Redacted returns the incidents of which a row is written whose content is gone:
// an earlier one may still hold it.
func (r Rows) Redacted() []incident.ID {
	var ids []incident.ID
	for i := range r.Entries {
		if id := incident.ID(r.Entries[i].IncidentID); r.Entries[i].Redacted && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
