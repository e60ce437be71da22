package playbook

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Situation is what decides which checklists are worth a look.
type Situation struct {
	Severity incident.Severity
	Status   incident.Status
	// Held reports whether somebody holds a role.
	Held func(incident.Role) bool
	// Started reports whether a checklist was taken up already.
	Started func(name string) bool
}

// SituationOf is that of an incident.
func SituationOf(s incident.State) Situation {
	return Situation{
		Severity: s.Severity, Status: s.Status,
		Held:    func(r incident.Role) bool { return s.Holder(r) != "" },
		Started: func(name string) bool { _, started := s.Checklist(name); return started },
	}
}

// Offered returns the checklists that are worth a look now and were not taken up
// yet: while the incident is open those of the first minutes, of the roles that are
// held, and the usual suspects; once it is resolved those of the time after it.
func (p *Playbook) Offered(s Situation) []*catalog.Resource {
	var found []*catalog.Resource
	add := func(use catalogv1.ChecklistUse, role incident.Role) {
		found = append(found, p.Checklists(use, s.Severity, role)...)
	}
	switch {
	case s.Status.Open():
		add(catalogv1.ChecklistUse_CHECKLIST_USE_FIRST_MINUTES, 0)
		for _, role := range incident.Roles() {
			if s.Held(role) {
				add(catalogv1.ChecklistUse_CHECKLIST_USE_ROLE, role)
			}
		}
		if s.Status >= incident.StatusInvestigating {
			add(catalogv1.ChecklistUse_CHECKLIST_USE_SUSPECTS, 0)
		}
	case s.Status == incident.StatusResolved:
		add(catalogv1.ChecklistUse_CHECKLIST_USE_WITHIN_HOUR, 0)
		add(catalogv1.ChecklistUse_CHECKLIST_USE_WITHIN_TWO_DAYS, 0)
	case s.Status == incident.StatusClosed:
		add(catalogv1.ChecklistUse_CHECKLIST_USE_WITHIN_TWO_DAYS, 0)
	}
	return slices.DeleteFunc(found, func(r *catalog.Resource) bool { return s.Started(r.Name) })
}
