package event

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/page"
)

// Page is a page right after one of its events, with what it is about.
type Page struct {
	// ID is the page's, State the page right after the event.
	ID    string
	State page.State
	// Alert is the alert as it is, Incident the one that it has; a zero number: none.
	Alert    alert.State
	Incident Incident
}

// pageEvent is the body of an event of a page. People are named by their ids alone: what is
// sent to others holds no name that could have to be erased.
type pageEvent struct {
	SpecVersion     string   `json:"specversion"`
	ID              string   `json:"id"`
	Source          string   `json:"source"`
	Type            string   `json:"type"`
	Subject         string   `json:"subject"`
	Time            string   `json:"time"`
	DataContentType string   `json:"datacontenttype"`
	TraceParent     string   `json:"traceparent,omitempty"`
	Data            pageData `json:"data"`
}

type pageData struct {
	Page       pageSummary    `json:"page"`
	Alert      alertSummary   `json:"alert"`
	Incident   *pagedIncident `json:"incident"`
	Entry      uint64         `json:"entry"`
	OccurredAt string         `json:"occurred_at"`
	RecordedAt string         `json:"recorded_at"`
	Event      fields         `json:"event"`
}

type pageSummary struct {
	ID         string          `json:"id"`
	Route      string          `json:"route"`
	Urgency    string          `json:"urgency"`
	Severity   string          `json:"severity"`
	Team       string          `json:"team"`
	Service    string          `json:"service"`
	NotBefore  string          `json:"not_before"`
	Recipients []pageRecipient `json:"recipients"`
	Problem    string          `json:"problem"`
}

type pageRecipient struct {
	PersonID string    `json:"person_id"`
	Ways     []pageWay `json:"ways"`
}

type pageWay struct {
	Number      int    `json:"number"`
	Type        string `json:"type"`
	Integration string `json:"integration"`
	Problem     string `json:"problem"`
}

type alertSummary struct {
	ID     string            `json:"id"`
	Source string            `json:"source"`
	Title  string            `json:"title"`
	URL    string            `json:"url"`
	Labels map[string]string `json:"labels"`
}

type pagedIncident struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PageBody returns what is sent about an event of a page.
func (w Writer) PageBody(after Page, e chain.Envelope, what any) ([]byte, error) {
	body := pageEvent{
		SpecVersion: "1.0", ID: e.EventID, Source: w.Source, Type: TypePrefix + e.Type, Subject: "page/" + after.ID, Time: stamp(e.OccurredAt()),
		DataContentType: "application/json", TraceParent: e.TraceParent,
		Data: pageData{
			Page: summaryOf(after), Alert: alertOf(after), Entry: e.Revision, OccurredAt: stamp(e.OccurredAt()), RecordedAt: stamp(e.RecordedAt()),
			Event: pageFields(what),
		},
	}
	if i := after.Incident; i.Number > 0 {
		body.Data.Incident = &pagedIncident{ID: string(i.ID), Name: i.Name()}
	}
	out, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("build body of %s: %w", e.EventID, err)
	}
	return out, nil
}

func summaryOf(p Page) pageSummary {
	r := p.State.Requested
	s := pageSummary{
		ID: p.ID, Route: r.Route, Urgency: page.UrgencyWord(r.Urgency), Severity: r.Severity.String(), Team: r.Team, Service: r.Service,
		NotBefore: stamp(r.NotBefore), Recipients: []pageRecipient{}, Problem: page.Says(r.Whom.Problem, 0),
	}
	for _, to := range r.Recipients {
		person := pageRecipient{PersonID: to.Person, Ways: []pageWay{}}
		for _, way := range to.Ways {
			person.Ways = append(person.Ways, pageWay{
				Number: way.Number, Type: page.TypeWord(way.Type), Integration: way.Integration, Problem: page.Says(way.Problem, way.Type),
			})
		}
		s.Recipients = append(s.Recipients, person)
	}
	return s
}

func alertOf(p Page) alertSummary {
	f := p.Alert.Fired
	s := alertSummary{ID: p.State.Requested.Alert, Source: f.Source, Title: clip(f.Title), URL: clip(f.GeneratorURL), Labels: map[string]string{}}
	room := maxText
	for _, name := range slices.Sorted(maps.Keys(f.Labels)) {
		if room -= len(name) + len(f.Labels[name]); room < 0 {
			break // the alert itself has all of them
		}
		s.Labels[name] = f.Labels[name]
	}
	return s
}

// pageFields are what an event says. Names of fields may be added, never changed.
func pageFields(what any) fields {
	told := func(o page.Outcome) fields { return fields{"person_id": o.Person, "way": o.Way, "attempt": o.Attempt} }
	failed := func(o page.Outcome) fields {
		f := told(o)
		f["reason"], f["problem"] = o.Reason, o.Problem
		return f
	}
	switch e := what.(type) {
	case page.Requested:
		return fields{"catalog_revision": e.Revision}
	case page.Attempted:
		return failed(e.Outcome)
	case page.Delivered:
		return told(e.Outcome)
	case page.Failed:
		return failed(e.Outcome)
	case page.Acknowledged:
		return fields{"by": e.By, "acknowledged_at": stamp(e.At)}
	case page.Ended:
		return fields{"ended_at": stamp(e.At)}
	}
	return fields{}
}

// Concerns is what the filters of a receiver see of the page: the severity that its route
// gives, its service, and whether its incident is private.
func (p Page) Concerns() Incident {
	i := Incident{}
	i.Severity, i.Private = p.State.Requested.Severity, p.Incident.Private
	if p.State.Requested.Service != "" {
		i.Services = []string{p.State.Requested.Service}
	}
	return i
}
