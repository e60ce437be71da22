package write

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// resultOf describes what was written between two revisions.
func resultOf(d *history.Desk, a act, first, last uint64, at eventlog.Position) *incidentv1.WriteResult {
	r := &incidentv1.WriteResult{
		IncidentId: string(d.ID()), Number: d.State.Number, Revision: last,
		Etag: fmt.Sprint(last), Position: at.String(), RequestId: a.requestID,
	}
	for revision := first; revision <= last; revision++ {
		r.Entries = append(r.Entries, revision)
	}
	return r
}

// unchanged says that all is so already.
func unchanged(d *history.Desk, a act) *incidentv1.WriteResult {
	r := resultOf(d, a, 1, 0, d.Position())
	r.Revision, r.Etag, r.Unchanged = d.State.Revision, etagOf(d.State), true
	return r
}

// name tells how what the events made is called.
func name(r *incidentv1.WriteResult, events []incident.Event) {
	for _, e := range events {
		if p, ok := e.(incident.PublicUpdatePublished); ok {
			r.UpdateId = p.UpdateID
		}
		if item := incident.ItemName(e); item != "" {
			r.Item = item
		}
		if h, ok := e.(incident.HypothesisAdded); ok {
			r.Hypothesis = incident.HypothesisName(h.Hypothesis)
		}
		if d, ok := e.(incident.DecisionMade); ok {
			r.Decision = incident.DecisionName(d.Decision)
		}
	}
}
