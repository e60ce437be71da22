package clocks

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/recurrence"
)

// alike are the incidents of which somebody said what kind of cause it was.
type alike struct {
	byID       map[incident.ID]*recurrence.Incident
	categories map[string]map[incident.ID]*recurrence.Incident
	// due are the categories to be looked at, each not before a time.
	due map[string]time.Time
	// asked is the incident of each category of which a review was asked for last: when
	// anything comes of it, it was written or has to be asked for anew.
	asked map[string]incident.ID
	// refused are the revisions at which command refused a review for good.
	refused map[incident.ID]uint64
}

func newAlike() *alike {
	return &alike{
		byID: map[incident.ID]*recurrence.Incident{}, categories: map[string]map[incident.ID]*recurrence.Incident{},
		due: map[string]time.Time{}, asked: map[string]incident.ID{}, refused: map[incident.ID]uint64{},
	}
}

// put notes an incident as it is now, and that its category is to be looked at if what
// came matters.
func (a *alike) put(i *recurrence.Incident, matters bool) {
	known := a.byID[i.ID]
	if known != nil && known.Category != i.Category {
		delete(a.categories[known.Category], i.ID)
		a.due[known.Category] = time.Time{}
		delete(a.byID, i.ID)
		known = nil
	}
	if i.Category == "" {
		return
	}
	if known == nil {
		known = &recurrence.Incident{}
		a.byID[i.ID] = known
		if a.categories[i.Category] == nil {
			a.categories[i.Category] = map[incident.ID]*recurrence.Incident{}
		}
		a.categories[i.Category][i.ID] = known
		matters = true
	}
	*known = *i
	if matters || a.asked[i.Category] == i.ID {
		delete(a.asked, i.Category)
		a.due[i.Category] = time.Time{}
	}
}

// lookAtAll notes that the rules of all categories may have changed.
func (a *alike) lookAtAll() {
	for category := range a.categories {
		a.due[category] = time.Time{}
	}
}

// all are the incidents of a category.
func (a *alike) all(category string) []*recurrence.Incident {
	all := make([]*recurrence.Incident, 0, len(a.categories[category]))
	for _, i := range a.categories[category] {
		all = append(all, i)
	}
	return all
}

// skip reports whether command refused to review the incident as it is.
func (a *alike) skip(i *recurrence.Incident) bool { return a.refused[i.ID] == i.Revision }
