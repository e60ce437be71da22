package wire

import (
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// redactedTitle stands for a title that was redacted.
const redactedTitle = "[redacted]"

// Names knows what people are called today.
type Names struct{ state *catalog.State }

// NewNames returns the names of a catalog.
func NewNames(state *catalog.State) Names { return Names{state} }

// Of returns the name of a person or machine; "" for nobody.
func (n Names) Of(p incident.PersonID) string { return n.state.Called(string(p)) }

// Incident puts names into an incident.
func (n Names) Incident(i *timelinev1.Incident) *timelinev1.Incident {
	if i.Title == "" {
		i.Title = redactedTitle
	}
	i.DeclaredByName = n.Of(incident.PersonID(i.GetDeclaredBy()))
	for _, r := range i.GetRoles() {
		r.PersonName = n.Of(incident.PersonID(r.GetPerson()))
	}
	n.work(i)
	n.nameInvestigators(i)
	return i
}

// Entry puts names into an entry.
func (n Names) Entry(e *timelinev1.Entry) *timelinev1.Entry {
	e.ActorName = n.Of(incident.PersonID(e.GetActor()))
	e.Headline = view.Name(e.GetHeadline(), n.Of)
	return e
}
