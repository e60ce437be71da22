package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
)

// ofService is an alert of a fingerprint, a service and a host.
func ofService(fingerprint, service, host string) string {
	return strings.Replace(alertJSON(fingerprint, t0, ""), `"service":"checkout"`, `"service":"`+service+`","host":"`+host+`"`, 1)
}

// TestAWindowEndsAGroup that long after its last alert, though its incident is open.
func TestAWindowEndsAGroup(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `
kind: Route
name: checkout
spec: {match: {service: checkout}, service: "{{service}}", severity: SEV-2, window: 30m}
`)...)
	for n, c := range []struct {
		minutes   int // since the alert before
		incidents int
	}{{0, 1}, {20, 1}, {20, 1}, {29, 1}, {31, 2}, {20, 2}} {
		s.clock.pass(time.Duration(c.minutes) * time.Minute)
		s.send(alertJSON(fmt.Sprint("f", n), t0, ""))
		if got := s.handled(fmt.Sprint("m", n)); len(got) != c.incidents {
			t.Fatalf("alert %d, %d minutes later: %d incidents, want %d", n, c.minutes, len(got), c.incidents)
		}
	}
}

// TestLabelsMakeAGroup whatever the sender groups.
func TestLabelsMakeAGroup(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `
kind: Route
name: storm
spec: {match: {alertname: HighErrorRate}, severity: SEV-2, group_by: [service, host], priority: 1}
---
kind: Route
name: checkout
spec: {match: {alertname: Marker}, action: list}
`)...)
	var storm []string
	for n := range 60 {
		storm = append(storm, ofService(fmt.Sprint("f", n), fmt.Sprint("s", n%3), fmt.Sprint("h", n%2)))
	}
	for n := range 4 { // in groups of the sender that cut across
		s.sendTo(fmt.Sprint("g", n), storm[n*15:n*15+15]...)
	}
	s.until("the storm is in six incidents", func(states []incident.State) bool {
		alerts := 0
		for n := range 60 {
			for _, one := range states {
				if one.HasAlert(incident.AlertID(alertID(fmt.Sprint("f", n)))) {
					alerts++
				}
			}
		}
		return len(states) == 6 && alerts == 60
	})
}

// TestAServiceMakesAGroupOverAllDoors by the name that the catalog has for it.
func TestAServiceMakesAGroupOverAllDoors(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `
kind: Service
name: search
spec: {display_name: The Search}
---
kind: Route
name: by-service
spec: {match: {host: db-1}, service: "{{service}}", severity: SEV-2, group_by_service: true}
`)...)
	s.sendTo("g1", ofService("a", "search", "db-1"))
	s.sendTo("g2", ofService("b", "The Search", "db-1"), ofService("c", "search", "db-1"))
	s.ask("/v2/alerts", `{"message":"Slow","alias":"x","details":{"service":"SEARCH","host":"db-1"}}`)
	got := s.handled("m1")
	if len(got) != 1 || !got[0].HasAlert(incident.AlertID(alertID("a"))) || !got[0].HasAlert(incident.AlertID(alertID("c"))) {
		t.Fatalf("incidents %+v", got)
	}
	s.sendTo("g1", ofService("d", "other", "db-1"))
	if got = s.handled("m2"); len(got) != 2 {
		t.Errorf("%d incidents, want one for another service", len(got))
	}
	none := strings.Replace(ofService("e", "x", "db-1"), `"service":"x",`, "", 1)
	s.sendTo("g1", none)
	s.sendTo("g3", strings.Replace(none, `"fingerprint":"e"`, `"fingerprint":"f"`, 1))
	if got = s.handled("m3"); len(got) != 4 {
		t.Errorf("%d incidents, want one for each of the sender's groups where no service is named", len(got))
	}
}
