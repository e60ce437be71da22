package intake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
)

const attachRoute = `
kind: Service
name: checkout
spec: {display_name: The Shop}
---
kind: Route
name: attach
spec: {source: opsgenie, action: attach, service: "{{service}}"}
`

// declares opens an incident as a person would.
func (s *system) declares(id string, number uint64, c incident.Declare) {
	s.t.Helper()
	c.Number, c.Title, c.Severity = number, id, incident.SEV2
	if _, err := s.commands.desk.Do(s.t.Context(), incident.ID(id), c); err != nil {
		s.t.Fatal(err)
	}
}

// incidentsOf are the incidents of the alerts that are not markers, by their titles.
func (s *system) incidentsOf() string {
	s.t.Helper()
	subjects, err := s.log.Subjects(s.t.Context(), eventlog.FilterAlerts)
	if err != nil {
		s.t.Fatal(err)
	}
	found := map[string]string{}
	for _, subject := range subjects {
		messages, err := s.log.Load(s.t.Context(), subject, 0)
		if err != nil {
			s.t.Fatal(err)
		}
		state, err := alert.Fold(alert.State{}, messages[0].Data)
		if err != nil {
			s.t.Fatal(err)
		}
		if !strings.HasPrefix(state.Fired.Title, "Marker") {
			found[state.Fired.Title] = state.Incident()
		}
	}
	return fmt.Sprint(found)
}

// TestAlertsAttachToTheOpenIncidentOfTheirService, the one that was declared last, and
// are listed when there is none.
func TestAlertsAttachToTheOpenIncidentOfTheirService(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, attachRoute)...)
	fire := func(title, service string) {
		t.Helper()
		s.ask("/v2/alerts", fmt.Sprintf(`{"message":%q,"alias":%q,"details":{"service":%q}}`, title, title, service))
		s.handled("after " + title)
	}
	checkout := incident.Declare{Services: []string{"checkout", "db"}}
	fire("none", "checkout")
	s.declares("first", 101, checkout)
	fire("one", "checkout")
	fire("in another case", "Checkout")
	fire("by its display name", "the shop")
	s.declares("second", 102, checkout)
	s.declares("other", 103, incident.Declare{Services: []string{"search"}})
	s.declares("private", 104, incident.Declare{Services: []string{"checkout"}, Private: true})
	s.declares("drill", 105, incident.Declare{Services: []string{"checkout"}, Drill: true})
	fire("two", "checkout")
	fire("without a service", "")
	if _, err := s.commands.desk.Do(t.Context(), "second", incident.Resolve{}); err != nil {
		t.Fatal(err)
	}
	fire("three", "checkout")
	if _, err := s.commands.desk.Do(t.Context(), "second", incident.Reopen{Reason: "again"}); err != nil {
		t.Fatal(err)
	}
	fire("four", "db")
	want := fmt.Sprint(map[string]string{
		"none": "", "one": "first", "in another case": "first", "by its display name": "first", "two": "second", "without a service": "", "three": "first", "four": "second",
	})
	if got := s.incidentsOf(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
