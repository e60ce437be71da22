package write

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/catalog"
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

// updateID is the id of the public update among the events, or "".
func updateID(events []incident.Event) string {
	for _, e := range events {
		if p, ok := e.(incident.PublicUpdatePublished); ok {
			return p.UpdateID
		}
	}
	return ""
}

// warnings says what a person should know after a command about people or the
// beginning: roles that are forgotten, and people who hold too many.
func warnings(s incident.State, c incident.Command, known *catalog.State) []string {
	switch c.(type) {
	case incident.Declare, incident.Acknowledge, incident.AssignRole, incident.HandOverRole, incident.ReleaseRole:
	case incident.ChangeSeverity, incident.ChangeStatus, incident.Mitigate, incident.Resolve, incident.Reopen,
		incident.Close, incident.Cancel, incident.Merge, incident.PostUpdate, incident.AddNote, incident.SetImpact,
		incident.PublishUpdate, incident.RetractUpdate, incident.EditEntry, incident.PinEntry, incident.HideEntry,
		incident.RedactEntry, incident.LinkAlert:
		return nil
	}
	if !s.Open() || s.Kind == incident.Maintenance {
		return nil
	}
	var found []string
	held := map[incident.PersonID][]incident.Role{}
	for _, role := range incident.Roles() {
		if holder := s.Holder(role); holder != "" {
			held[holder] = append(held[holder], role)
		}
	}
	if s.Commander() == "" {
		found = append(found, fmt.Sprintf("nobody is commander: bridgelog take commander INC-%d", s.Number))
	}
	if s.Holder(incident.Scribe) == "" && s.Severity != incident.SEV3 {
		found = append(found, "there is no scribe: what nobody writes down is lost")
	}
	for _, role := range incident.Roles() {
		holder := s.Holder(role)
		if roles := held[holder]; len(roles) > 1 && roles[0] == role {
			found = append(found, fmt.Sprintf("%s holds %d roles at once: hand one over", known.DisplayName(string(holder)), len(roles)))
		}
	}
	return found
}
