package door

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Whom works out whom a page would call, as the catalog is, with their names by id.
type Whom func(page.Ask) (whom page.Whom, names map[string]string)

// triedPage is whom a route would page. The form is stable.
type triedPage struct {
	Urgency string `json:"urgency"`
	Team    string `json:"team,omitempty"`
	Shadow  bool   `json:"shadow"`
	// NotBefore is when people may be disturbed, where that is not at once.
	NotBefore *time.Time    `json:"not_before,omitempty"`
	People    []triedPerson `json:"people"`
	// Problem says why nobody would be paged.
	Problem string `json:"problem,omitempty"`
}

type triedPerson struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Ways    []triedWay `json:"ways"`
	Problem string     `json:"problem,omitempty"`
}

type triedWay struct {
	Type        string `json:"type"`
	Integration string `json:"integration,omitempty"`
	Problem     string `json:"problem,omitempty"`
}

// foreseePage says whom a rule would page for an alert; nil where it pages nobody.
func (h *Handler) foreseePage(t *tried, rule route.Rule, a *source.Alert) {
	if !a.Firing || !rule.Page || h.o.Whom == nil {
		return
	}
	ask := page.Ask{Team: rule.TeamFor(a.Labels), Service: h.service(rule.ServiceCalled(a.Labels)), Urgency: rule.Urgency, Severity: incident.Severity(rule.Severity), At: h.o.Now().UTC()}
	whom, names := h.o.Whom(ask)
	p := &triedPage{
		Urgency: page.UrgencyWord(ask.Urgency), Team: whom.Team, Shadow: rule.Shadow, People: []triedPerson{}, Problem: page.Says(whom.Problem, 0),
	}
	if whom.NotBefore.After(ask.At) {
		p.NotBefore = &whom.NotBefore
	}
	for _, r := range whom.Recipients {
		person := triedPerson{ID: r.Person, Name: names[r.Person], Ways: []triedWay{}, Problem: page.Says(r.Problem, 0)}
		for _, w := range r.Ways {
			person.Ways = append(person.Ways, triedWay{Type: page.TypeWord(w.Type), Integration: w.Integration, Problem: page.Says(w.Problem, w.Type)})
		}
		p.People = append(p.People, person)
	}
	t.Page = p
}

// pages says what a rule that pages would do.
func pages(rule route.Rule) string {
	if rule.Shadow {
		return "is listed, and it is written down whom it would page; nobody is told, and no incident is opened"
	}
	return "pages, and opens no incident"
}
