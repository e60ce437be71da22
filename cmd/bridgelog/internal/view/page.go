package view

import (
	"cmp"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Page is one page: who was called because of an alert, and what came of it.
type Page struct {
	ID            string `json:"id"`
	State         string `json:"state"` // calling, acknowledged, ended, nobody or shadow
	Shadow        bool   `json:"shadow"`
	Alert         string `json:"alert"`
	AlertTitle    string `json:"alert_title"`
	Incident      string `json:"incident"`
	Route         string `json:"route"`
	Urgency       string `json:"urgency"`
	Severity      string `json:"severity"`
	Team          string `json:"team"`
	Service       string `json:"service"`
	RequestedTime Time   `json:"requested_time"`
	NotBeforeTime Time   `json:"not_before_time"`
	// People are who is called, Problem says why nobody is.
	People  []PagedPerson `json:"people"`
	Problem string        `json:"problem"`
	// AcknowledgedBy is a name, or an id without one.
	AcknowledgedBy   string `json:"acknowledged_by"`
	AcknowledgedByID string `json:"acknowledged_by_id"`
	AcknowledgedTime Time   `json:"acknowledged_time"`
	EndedTime        Time   `json:"ended_time"`
	CatalogRevision  uint64 `json:"catalog_revision"`
	// Suppressed is true while the alert is kept from calling.
	Suppressed bool `json:"suppressed"`
}

// PagedPerson is a person who is called.
type PagedPerson struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Ways    []PagedWay `json:"ways"`
	Problem string     `json:"problem"`
}

// PagedWay is one way by which a person is told.
type PagedWay struct {
	Number      int32  `json:"number"`
	Type        string `json:"type"`
	Integration string `json:"integration"`
	State       string `json:"state"` // waiting, attempted, delivered, failed, no_way, stopped or shadow
	Attempts    int32  `json:"attempts"`
	Time        Time   `json:"time"`
	Reason      string `json:"reason"`
	ReasonText  string `json:"reason_text"`
}

// Pages is what `pages list` answers.
type Pages struct {
	Pages         []Page `json:"pages"`
	NextPageToken string `json:"next_page_token"`
}

// OfPage converts a page.
func OfPage(in *signalv1.Page) Page {
	out := Page{
		ID: in.GetId(), State: word(in.GetState().String(), "PAGE_STATE_"), Shadow: in.GetShadow(), Alert: in.GetAlertId(), AlertTitle: in.GetAlertTitle(),
		Incident: Name(in.GetIncidentNumber()), Route: in.GetRoute(), Urgency: page.UrgencyWord(in.GetUrgency()),
		Team: in.GetTeam(), Service: in.GetService(), RequestedTime: timeOf(in.GetRequestedTime()), NotBeforeTime: timeOf(in.GetNotBeforeTime()),
		People: []PagedPerson{}, Problem: page.Says(in.GetProblem(), 0), AcknowledgedByID: in.GetAcknowledgedBy(),
		AcknowledgedBy: cmp.Or(in.GetAcknowledgedByName(), in.GetAcknowledgedBy()), AcknowledgedTime: timeOf(in.GetAcknowledgedTime()),
		EndedTime: timeOf(in.GetEndedTime()), CatalogRevision: in.GetCatalogRevision(), Suppressed: in.GetSuppressed(),
	}
	if in.GetSeverity() != 0 {
		out.Severity = incident.Severity(in.GetSeverity()).String()
	}
	for _, p := range in.GetPeople() {
		person := PagedPerson{ID: p.GetPersonId(), Name: cmp.Or(p.GetName(), p.GetPersonId()), Ways: []PagedWay{}, Problem: page.Says(p.GetProblem(), 0)}
		for _, w := range p.GetWays() {
			person.Ways = append(person.Ways, PagedWay{
				Number: w.GetNumber(), Type: page.TypeWord(w.GetType()), Integration: w.GetIntegration(),
				State: word(w.GetState().String(), "PAGE_WAY_STATE_"), Attempts: w.GetAttempts(), Time: timeOf(w.GetTime()),
				Reason: w.GetReason(), ReasonText: cmp.Or(page.Says(w.GetProblem(), w.GetType()), w.GetReasonText()),
			})
		}
		out.People = append(out.People, person)
	}
	return out
}

// word is the name of an enum's value as people write it.
func word(name, prefix string) string { return strings.ToLower(strings.TrimPrefix(name, prefix)) }
