package write

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// advise adds what a person should know after a command: warnings, and checklists
// that are worth a look.
func (s *Service) advise(r *incidentv1.WriteResult, after incident.State, c incident.Command) {
	known := s.Catalog.State()
	switch c := c.(type) {
	case incident.Declare, incident.Acknowledge, incident.AssignRole, incident.HandOverRole, incident.ReleaseRole:
		r.Warnings = roleWarnings(after, known)
	case incident.Resolve:
		r.Warnings = openTasks(after)
	case incident.Close:
		r.Warnings = append(openTasks(after), s.undone(after)...)
	case incident.MakeDecision:
		r.Warnings = s.contradictions(c)
	case incident.ChangeVisibility:
		if c.Private {
			r.Warnings = outsiders(after, known)
		}
	case incident.ChangeSeverity, incident.ChangeStatus, incident.Mitigate, incident.Reopen,
		incident.Cancel, incident.Merge, incident.PostUpdate, incident.AddNote, incident.SetImpact,
		incident.PublishUpdate, incident.RetractUpdate, incident.EditEntry, incident.PinEntry, incident.HideEntry,
		incident.RedactEntry, incident.LinkAlert,
		incident.AddTask, incident.AssignTask, incident.EndTask,
		incident.AddFollowUp, incident.ReviseFollowUp, incident.EndFollowUp,
		incident.StartChecklist, incident.TickChecklistItem, incident.ConfirmStability, incident.AddDebrief,
		incident.AssignPostmortem, incident.ChangePostmortemState, incident.AddMember, incident.RemoveMember,
		incident.AddHypothesis, incident.TestHypothesis, incident.ConfirmHypothesis, incident.EliminateHypothesis,
		incident.ReopenHypothesis, incident.Assess, incident.StartImpact, incident.EndImpact,
		incident.SetBlastRadius, incident.ChangeCategory, incident.RelateIncident, incident.UnrelateIncident,
		incident.ScheduleReview, incident.RecordClock, incident.RecordLegalEvent, incident.RecordCommand, incident.RecordCheck:
	}
	r.Checklists = s.offered(after, c)
}

// offered are the checklists that became worth a look with a command.
func (s *Service) offered(after incident.State, c incident.Command) []string {
	changing := []string{
		incident.Declare{}.Name(), incident.AssignRole{}.Name(), incident.HandOverRole{}.Name(), incident.Resolve{}.Name(), incident.Close{}.Name(),
	}
	if !slices.Contains(changing, c.Name()) || after.Kind == incident.Maintenance {
		return nil
	}
	book, err := s.books.Of(s.Catalog.State())
	if err != nil {
		return nil // advice must not take away from what was written
	}
	return namesOf(book.Offered(playbook.SituationOf(after)))
}

// roleWarnings names roles that are forgotten, and people who hold too many. None
// of it is forbidden.
func roleWarnings(s incident.State, known *catalog.State) []string {
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

// openTasks names the tasks that are not done when the incident ends.
func openTasks(s incident.State) []string {
	var open []string
	for _, t := range s.Tasks() {
		if t.Open() {
			open = append(open, fmt.Sprintf("T%d", t.Number))
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("not done yet: %s; bridgelog task list INC-%d", strings.Join(open, ", "), s.Number)}
}

// undone names what the clocks of a closed incident still ask for: closing it does
// not do that.
func (s *Service) undone(after incident.State) []string {
	book, err := s.books.Of(s.Catalog.State())
	if err != nil || after.FalseAlarm || after.Kind == incident.Maintenance || after.Origin == incident.OriginImport {
		return nil
	}
	policy := book.Policies().Of(after.Severity)
	var missing []string
	if !after.Debriefed && policy.Runs(clock.Debrief, after.Status) {
		missing = append(missing, fmt.Sprintf("no debrief was held, and its clock runs on: bridgelog debrief INC-%d TEXT", after.Number))
	}
	if after.Postmortem < incident.PostmortemPublished && policy.Runs(clock.Postmortem, after.Status) {
		missing = append(missing, fmt.Sprintf("the post-mortem is not published, and its clock runs on: bridgelog postmortem INC-%d --state published", after.Number))
	}
	return missing
}

// outsiders names those who worked on an incident and cannot see it any more.
func outsiders(s incident.State, known *catalog.State) []string {
	members := s.Members()
	var names []string
	for _, p := range s.Actors() {
		if _, person := known.ByID(string(p)); person && !slices.Contains(members, p) {
			names = append(names, known.DisplayName(string(p)))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("worked on it and do not see it any more: %s; bridgelog member add INC-%d PERSON", strings.Join(names, ", "), s.Number)}
}
