package page_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

const organization = `
{kind: Person, name: ada, spec: {email: ada@example.org, contacts: [{type: sms, address: "+491701234567", urgency: high}, {type: email, address: ada@example.org}]}}
---
{kind: Person, name: bob, spec: {email: bob@example.org}}
---
{kind: Person, name: cyd, spec: {contacts: [{type: phone, address: "+491701234568", urgency: high}]}}
---
{kind: Person, name: dan, spec: {}}
---
{kind: Calendar, name: office, spec: {time_zone: Europe/Berlin, hours: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]}}
---
{kind: Team, name: payments, spec: {members: [bob, ada], calendar: office}}
---
{kind: Team, name: platform, spec: {}}
---
{kind: Team, name: network, spec: {parent: platform, members: [cyd, ada]}}
---
{kind: Team, name: compute, spec: {parent: platform, members: [ada, dan]}}
---
{kind: Team, name: empty, spec: {}}
---
{kind: Service, name: checkout, spec: {owner: payments}}
---
{kind: Service, name: orphan, spec: {}}
`

// stateOf is the catalog of documents.
func stateOf(t *testing.T, documents string) *catalog.State {
	t.Helper()
	log := memory.New(memory.Options{})
	follower := incidentlogtest.Follow(t, log)
	incidentlogtest.Apply(t, log, follower, incidentlogtest.YAML(t, documents)...)
	return follower.State()
}

// written is whom a page calls, for people.
func written(state *catalog.State, w page.Whom) string {
	var out []string
	for _, r := range w.Recipients {
		ways := []string{page.Says(r.Problem, 0)}
		for _, way := range r.Ways {
			ways = append(ways, fmt.Sprintf("%d %s", way.Number, page.TypeWord(way.Type)))
		}
		ways = slices.DeleteFunc(ways, func(s string) bool { return s == "" })
		out = append(out, state.DisplayName(r.Person)+": "+strings.Join(ways, ", "))
	}
	return strings.Join(out, "; ")
}

func TestWhomAPageCalls(t *testing.T) {
	t.Parallel()
	state := stateOf(t, organization)
	high, low := catalogv1.Urgency_URGENCY_HIGH, catalogv1.Urgency_URGENCY_LOW
	for name, c := range map[string]struct {
		ask        page.Ask
		team, want string
		problem    page.Problem
	}{
		"the team, in its order":           {page.Ask{Team: "payments", Urgency: high}, "payments", "bob: 1 email; ada: 1 sms, 2 email", 0},
		"the ways fit the urgency":         {page.Ask{Team: "payments", Urgency: low}, "payments", "bob: 1 email; ada: 2 email", 0},
		"the owner of the service":         {page.Ask{Service: "checkout", Urgency: high}, "payments", "bob: 1 email; ada: 1 sms, 2 email", 0},
		"the team comes before the owner":  {page.Ask{Team: "network", Service: "checkout", Urgency: high}, "network", "cyd: 1 phone; ada: 1 sms, 2 email", 0},
		"an unknown team is the owner":     {page.Ask{Team: "gone", Service: "checkout", Urgency: low}, "payments", "bob: 1 email; ada: 2 email", 0},
		"a team without members, each one": {page.Ask{Team: "platform", Urgency: high}, "platform", "ada: 1 sms, 2 email; dan: " + page.Says(page.NoWay, 0) + "; cyd: 1 phone", 0},
		"nobody's way fits":                {page.Ask{Team: "network", Urgency: low}, "network", "cyd: " + page.Says(page.NoWay, 0) + "; ada: 2 email", 0},
		"no team":                          {page.Ask{Service: "orphan", Urgency: high}, "", "", page.NoTeam},
		"an unknown service":               {page.Ask{Service: "nothing", Urgency: high}, "", "", page.NoTeam},
		"nothing at all":                   {page.Ask{Urgency: high}, "", "", page.NoTeam},
		"no members":                       {page.Ask{Team: "empty", Urgency: high}, "empty", "", page.NoMembers},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := page.Of(state, c.ask)
			if got.Team != c.team || got.Problem != c.problem || written(state, got) != c.want {
				t.Errorf("team %q, problem %v, %q; want %q, %v, %q", got.Team, got.Problem, written(state, got), c.team, c.problem, c.want)
			}
			if got.Revision != state.Revision() || got.Sequence == 0 {
				t.Errorf("of catalog %d at %d", got.Revision, got.Sequence)
			}
		})
	}
}

// mailServers are two, of which one takes pages of some severities only.
const mailServers = `
---
{kind: Integration, name: mail, spec: {type: smtp, url: "smtp://mail.example.org", settings: {from: pages@example.org}}}
---
{kind: Integration, name: critical, spec: {type: smtp, url: "smtp://mail.example.net", settings: {from: pages@example.org}, severities: [SEV-1]}}
---
{kind: Integration, name: off, spec: {type: smtp, url: "smtp://mail.example.com", settings: {from: pages@example.org}, disabled: true}}
---
{kind: Integration, name: chat, spec: {type: slack}}
---
{kind: Person, name: eve, spec: {contacts: [{type: email, address: eve@example.org, integration: critical}, {type: sms, address: "+491701234567"}]}}
---
{kind: Person, name: fay, spec: {contacts: [{type: email, address: fay@example.org, integration: off}]}}
---
{kind: Team, name: named, spec: {members: [bob, eve, fay]}}
`

func TestWhatCarriesAWay(t *testing.T) {
	t.Parallel()
	without, with := stateOf(t, organization), stateOf(t, organization+mailServers)
	missing := "no way: no integration carries email for this severity: apply one of type smtp"
	for name, c := range map[string]struct {
		state    *catalog.State
		team     string
		severity incident.Severity
		want     string
	}{
		"nothing":              {without, "payments", incident.SEV2, "bob by \"\" " + missing + "; ada by \"\" no way: no integration carries sms yet; ada by \"\" " + missing},
		"the only one":         {with, "payments", incident.SEV2, "bob by \"mail\" ; ada by \"\" no way: no integration carries sms yet; ada by \"mail\" "},
		"one of two":           {with, "payments", incident.SEV1, "bob by \"\" no way: several integrations carry email, and the contact does not say which; ada by \"\" no way: no integration carries sms yet; ada by \"\" no way: several integrations carry email, and the contact does not say which"},
		"those that are named": {with, "named", incident.SEV1, "bob by \"\" no way: several integrations carry email, and the contact does not say which; eve by \"critical\" ; eve by \"\" no way: no integration carries sms yet; fay by \"\" " + missing},
		"not of this severity": {with, "named", 0, "bob by \"mail\" ; eve by \"\" " + missing + "; eve by \"\" no way: no integration carries sms yet; fay by \"\" " + missing},
	} {
		whom := page.Of(c.state, page.Ask{Team: c.team, Urgency: catalogv1.Urgency_URGENCY_HIGH, Severity: c.severity})
		var got []string
		for _, r := range whom.Recipients {
			for _, w := range r.Ways {
				got = append(got, fmt.Sprintf("%s by %q %s", c.state.DisplayName(r.Person), w.Integration, page.Says(w.Problem, w.Type)))
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %s, want %s", name, strings.Join(got, "; "), c.want)
		}
	}
}

func TestLowUrgencyWaitsForWorkingHours(t *testing.T) {
	t.Parallel()
	state := stateOf(t, organization)
	saturday := time.Date(2026, 1, 3, 12, 0, 0, 0, time.UTC)
	monday := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC) // nine in Berlin
	open := monday.Add(time.Hour)
	for name, c := range map[string]struct {
		ask  page.Ask
		want time.Time
	}{
		"low at the weekend":     {page.Ask{Team: "payments", Urgency: catalogv1.Urgency_URGENCY_LOW, At: saturday}, monday},
		"low at work":            {page.Ask{Team: "payments", Urgency: catalogv1.Urgency_URGENCY_LOW, At: open}, open},
		"high at the weekend":    {page.Ask{Team: "payments", Urgency: catalogv1.Urgency_URGENCY_HIGH, At: saturday}, saturday},
		"low without a calendar": {page.Ask{Team: "network", Urgency: catalogv1.Urgency_URGENCY_LOW, At: saturday}, saturday},
	} {
		if got := page.Of(state, c.ask).NotBefore; !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
