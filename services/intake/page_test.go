package intake_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const paging = `
{kind: Person, name: ada, spec: {display_name: Ada, email: ada@example.org}}
---
{kind: Team, name: payments, spec: {members: [ada]}}
---
{kind: Service, name: shop, spec: {owner: payments}}
---
kind: Route
name: page
spec: {match: {alertname: Page}, service: "{{service}}", severity: SEV-1, action: page}
---
kind: Route
name: shadow
spec: {match: {alertname: Shadow}, team: "{{team}}", urgency: low, shadow: true, action: page}
`

// call is an alert of a name and a team.
func call(name, start, end string) string {
	return strings.NewReplacer(`"HighErrorRate"`, `"`+name+`","team":"payments"`, `"service":"checkout"`, `"service":"shop"`).Replace(alertJSON(name, start, end))
}

func TestAnAlertPagesWithoutAnIncident(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, paging)...)
	s.commands.mu.Lock()
	s.commands.losePage = true // the alert is in the log, and then the call for its page fails
	s.commands.mu.Unlock()
	first := strings.ReplaceAll(call("Page", t0, ""), `"shop"`, `"Shop "`)
	s.send(first, call("Shadow", t0, ""))
	s.send(first)
	if got := s.handled("m1"); len(got) != 0 {
		t.Errorf("incidents %+v", got)
	}
	paged := s.commands.paged()
	if len(paged) != 2 {
		t.Fatalf("%d pages, want 2: %v", len(paged), paged)
	}
	if paged[0].GetRoute() != "page" {
		paged[0], paged[1] = paged[1], paged[0]
	}
	p := paged[0]
	if p.GetService() != "shop" || p.GetTeam() != "" || p.GetUrgency() != catalogv1.Urgency_URGENCY_HIGH || p.GetShadow() ||
		p.GetSeverity() != incidentv1.Severity_SEVERITY_SEV1 || p.GetCatalogSequence() == 0 {
		t.Errorf("the page: %v", p)
	}
	if p = paged[1]; p.GetTeam() != "payments" || p.GetUrgency() != catalogv1.Urgency_URGENCY_LOW || !p.GetShadow() {
		t.Errorf("the shadow: %v", p)
	}
	// When the condition holds again that is another alert, which pages again.
	s.send(call("Page", t0, t1))
	s.send(call("Page", t2, ""))
	s.handled("m2")
	if paged = s.commands.paged(); len(paged) != 3 || paged[2].GetAlertId() == p.GetAlertId() {
		t.Errorf("pages %v", paged)
	}
}

func TestWhomARouteWouldPage(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, paging)...)
	status, answer := s.sendJSON("/try/alertmanager", `{"version":"4","alerts":[`+call("Page", t0, "")+`,`+call("Shadow", t0, "")+`,`+call("Page", t0, t1)+`]}`)
	if status != 200 {
		t.Fatalf("answered %d: %s", status, answer)
	}
	var found struct {
		Alerts []struct {
			Outcome string
			Page    *struct {
				Urgency, Team string
				Shadow        bool
				People        []struct {
					Name string
					Ways []struct{ Type, Problem string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(answer), &found); err != nil {
		t.Fatal(err)
	}
	page, shadow := found.Alerts[0], found.Alerts[1]
	if page.Outcome != "pages, and opens no incident" || page.Page == nil || page.Page.Urgency != "high" || page.Page.Team != "payments" || page.Page.Shadow ||
		len(page.Page.People) != 1 || page.Page.People[0].Name != "Ada" || page.Page.People[0].Ways[0].Type != "email" {
		t.Errorf("the page: %s", answer)
	}
	if !strings.Contains(shadow.Outcome, "nobody is told") || shadow.Page == nil || !shadow.Page.Shadow || shadow.Page.Urgency != "low" {
		t.Errorf("the shadow: %s", answer)
	}
	if found.Alerts[2].Page != nil || len(s.commands.paged()) != 0 {
		t.Errorf("an end pages, or a try did: %s", answer)
	}
}

// TestASilencedAlertPagesWhenTheSilenceEnds and nobody before.
func TestASilencedAlertPagesWhenTheSilenceEnds(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, paging)...)
	s.silence("Silence", "known", `match: ["alertname=Page"]`, time.Hour)
	s.send(call("Page", t0, ""))
	s.send(call("Page", t0, ""))
	s.handled("m1")
	if paged := s.commands.paged(); len(paged) != 0 {
		t.Fatalf("a silenced alert pages: %v", paged)
	}
	s.clock.pass(2 * time.Hour)
	s.until("paged", func([]incident.State) bool { return len(s.commands.paged()) == 1 })
	s.handled("m2")
	if paged := s.commands.paged(); len(paged) != 1 || paged[0].GetRoute() != "page" {
		t.Errorf("pages %v", paged)
	}
}

// TestWhatFlapsPagesOnce: the fourth begin in half an hour pages as those before did, later
// ones do not until the condition has been quiet, but for one that stays.
func TestWhatFlapsPagesOnce(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, paging)...)
	for n := range 7 {
		s.send(call("Page", minute(4*n), ""))
		s.handled(fmt.Sprint("begin-", n))
		if n == 5 { // what is told again is no reason either
			s.send(call("Page", minute(4*n), ""))
		}
		s.send(call("Page", minute(4*n), minute(4*n+2)))
		s.handled(fmt.Sprint("end-", n))
		if paged := s.commands.paged(); len(paged) != min(n+1, 4) {
			t.Fatalf("after %d episodes: %d pages", n+1, len(paged))
		}
	}
	s.send(call("Page", minute(28), ""))
	s.handled("stays")
	s.clock.pass(29 * time.Minute)
	if s.handled("not yet"); len(s.commands.paged()) != 4 {
		t.Fatalf("%d pages before it has lasted", len(s.commands.paged()))
	}
	s.clock.pass(2 * time.Minute)
	s.until("what stays pages", func([]incident.State) bool { return len(s.commands.paged()) == 5 })
	s.stop()
	s.start()
	if s.handled("again"); len(s.commands.paged()) != 5 {
		t.Errorf("%d pages after a restart", len(s.commands.paged()))
	}
	s.send(call("Page", minute(28), minute(59)))
	s.handled("over")
	s.clock.pass(31 * time.Minute)
	s.until("calmed", func([]incident.State) bool { return !s.at("Page", 28).CalmedAt.IsZero() })
	s.send(call("Page", "2026-01-01T20:00:00Z", ""))
	if s.handled("new"); len(s.commands.paged()) != 6 {
		t.Errorf("%d pages, want that of what begins anew", len(s.commands.paged()))
	}
}

// TestWhatFlapsWhileSilencedPagesAfterwards: none of its episodes has called anybody yet.
func TestWhatFlapsWhileSilencedPagesAfterwards(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, paging)...)
	s.silence("Silence", "known", `match: ["alertname=Page"]`, 10*time.Minute)
	flap := func(n int) {
		s.send(call("Page", minute(2*n), ""))
		s.handled(fmt.Sprint("begin-", n))
		s.send(call("Page", minute(2*n), minute(2*n+1)))
		s.handled(fmt.Sprint("end-", n))
	}
	for n := range 6 {
		flap(n)
	}
	if paged := s.commands.paged(); len(paged) != 0 {
		t.Fatalf("a silenced alert pages: %v", paged)
	}
	s.clock.pass(11 * time.Minute)
	for n := 6; n < 9; n++ {
		if flap(n); len(s.commands.paged()) != 1 {
			t.Fatalf("%d pages after episode %d, want one for all that follow the silence", len(s.commands.paged()), n+1)
		}
	}
}
