package page_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
)

// now is when the pages are looked at.
func now() time.Time { return time.Date(2026, 4, 1, 15, 0, 0, 0, time.UTC) }

// head is a page with a group of two, and one component by itself.
func head() *statusv1.PageDocument {
	long := now().AddDate(-1, 0, 0).UnixMicro()
	part := func(id string, c *statusv1.PublicComponent) *statusv1.PublicComponent {
		c.Id, c.Name, c.Status, c.Refs, c.CreatedAtUs, c.UpdatedAtUs, c.Showcase = id, id, "operational", []string{"ref-" + id}, long, long, true
		return c
	}
	group := "group"
	return &statusv1.PageDocument{
		Id: "p", Name: "main", Title: "Main", TimeZone: "Etc/UTC", UpdatedAtUs: long,
		Components: []*statusv1.PublicComponent{
			part("group", &statusv1.PublicComponent{Group: true, Children: []string{"api", "web"}}),
			part("api", &statusv1.PublicComponent{GroupId: &group}), part("web", &statusv1.PublicComponent{GroupId: &group}),
			part("mail", &statusv1.PublicComponent{}),
		},
	}
}

// said is an update so long ago.
func said(ago time.Duration, status string, changes ...*statusv1.ComponentChange) *statusv1.PublishedUpdate {
	return &statusv1.PublishedUpdate{
		Id: fmt.Sprint(status, ago), Status: status, Body: status + " text", DisplayAtUs: now().Add(-ago).UnixMicro(), Components: changes,
	}
}

func change(id, status string) *statusv1.ComponentChange {
	return &statusv1.ComponentChange{Ref: "ref-" + id, Status: status}
}

// build puts a page together of incidents with these updates.
func build(t *testing.T, doc *statusv1.PageDocument, incidents ...[]*statusv1.PublishedUpdate) *page.Page {
	t.Helper()
	l := library.New()
	for n, updates := range incidents {
		id := fmt.Sprintf("incident%04d", n)
		if err := l.SetIncident(id, &statusv1.IncidentDocument{Id: id, Title: id, Updates: updates}); err != nil {
			t.Fatal(err)
		}
	}
	return page.Build(doc, l.On(doc.GetName()), now())
}

func statuses(p *page.Page) map[string]string {
	all := map[string]string{}
	for _, c := range p.Doc.GetComponents() {
		all[c.GetId()] = c.GetStatus()
	}
	return all
}

func TestTheWorstOfAllIncidentsCounts(t *testing.T) {
	t.Parallel()
	p := build(t, head(),
		[]*statusv1.PublishedUpdate{said(time.Hour, "investigating", change("api", "degraded_performance"), change("mail", "partial_outage"))},
		[]*statusv1.PublishedUpdate{said(2*time.Hour, "investigating", change("api", "major_outage"), change("unknown", "major_outage"))},
		[]*statusv1.PublishedUpdate{said(3*time.Hour, "investigating", change("web", "major_outage")), said(time.Hour, "resolved")},
	)
	want := map[string]string{"api": "major_outage", "group": "major_outage", "web": "operational", "mail": "partial_outage"}
	for id, status := range want {
		if got := statuses(p)[id]; got != status {
			t.Errorf("%s is %s, want %s", id, got, status)
		}
	}
	if !p.Suffers() || p.Open != 2 {
		t.Errorf("suffers %v, %d open", p.Suffers(), p.Open)
	}
}

func TestAResolvedIncidentReopensWithTheNextUpdate(t *testing.T) {
	t.Parallel()
	p := build(t, head(), []*statusv1.PublishedUpdate{
		said(4*time.Hour, "investigating"), said(3*time.Hour, "monitoring"), said(2*time.Hour, "resolved"), said(time.Hour, "investigating"),
	})
	got := p.Doc.GetIncidents()[0]
	if got.GetResolvedAtUs() != 0 || got.GetStatus() != "investigating" || got.GetMonitoringAtUs() == 0 || got.GetUpdates()[0].GetStatus() != "investigating" {
		t.Errorf("got %v", got)
	}
}

func TestAffectedComponentsSayWhatChanged(t *testing.T) {
	t.Parallel()
	p := build(t, head(), []*statusv1.PublishedUpdate{
		said(2*time.Hour, "investigating", change("api", "partial_outage")), said(time.Hour, "resolved", change("api", "operational")),
	})
	got := p.Doc.GetIncidents()[0]
	newest := got.GetUpdates()[0].GetAffectedComponents()[0]
	if newest.GetOldStatus() != "partial_outage" || newest.GetNewStatus() != "operational" || newest.GetCode() != "api" || got.GetImpact() != "minor" {
		t.Errorf("got %v", got)
	}
	if len(got.GetComponentIds()) != 1 || got.GetComponentIds()[0] != "api" {
		t.Errorf("components %v", got.GetComponentIds())
	}
}

func TestListsAreBoundedAndCountWhatTheyLeaveOut(t *testing.T) {
	t.Parallel()
	var all [][]*statusv1.PublishedUpdate
	for n := range 1100 {
		all = append(all, []*statusv1.PublishedUpdate{said(time.Duration(n+1)*time.Hour, "investigating")})
	}
	for n := range 200 {
		all = append(all, []*statusv1.PublishedUpdate{said(time.Duration(n+2000)*time.Hour, "resolved")})
	}
	p := build(t, head(), all...)
	if len(p.Doc.GetIncidents()) != 1000 || p.Open != 1100 || p.Unlisted != 100 || len(p.Entries) != 1300 {
		t.Errorf("%d listed, %d open, %d unlisted, %d in all", len(p.Doc.GetIncidents()), p.Open, p.Unlisted, len(p.Entries))
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	p := build(t, head(),
		// Ten days ago from 14:00 to 15:00, half of it twice.
		[]*statusv1.PublishedUpdate{said(10*day+time.Hour, "investigating", change("api", "partial_outage")), said(10*day, "resolved")},
		[]*statusv1.PublishedUpdate{said(10*day+30*time.Minute, "investigating", change("api", "major_outage")), said(10*day, "resolved")},
		// Over midnight, and still going on.
		[]*statusv1.PublishedUpdate{said(16*time.Hour, "investigating", change("mail", "degraded_performance"))},
	)
	api, mail := p.Days["api"], p.Days["mail"]
	if len(api.List) != page.Window || api.List[page.Window-11].Worst != "major_outage" || api.List[page.Window-11].Suffered != 30*time.Minute {
		t.Errorf("ten days ago: %+v", api.List[page.Window-11])
	}
	known := (page.Window-1)*day + 15*time.Hour
	want := 1 - (0.5+0.5*0.3)/known.Hours()
	if math.Abs(api.Uptime-want) > 1e-9 {
		t.Errorf("uptime %v, want %v", api.Uptime, want)
	}
	today, yesterday := mail.List[page.Window-1], mail.List[page.Window-2]
	if today.Suffered != 15*time.Hour || yesterday.Suffered != time.Hour || today.Worst != "degraded_performance" || mail.Uptime != 1 {
		t.Errorf("yesterday %+v, today %+v, uptime %v", yesterday, today, mail.Uptime)
	}
	if web := p.Days["web"]; web.Uptime != 1 || !web.List[0].Known {
		t.Errorf("a component that was always well: %+v", web)
	}
	if _, ok := p.Days["group"]; ok {
		t.Error("a group has days")
	}
}

func TestDaysBeforeAComponentWasThereAreUnknown(t *testing.T) {
	t.Parallel()
	doc := head()
	start := now().AddDate(0, 0, -10).Format(time.DateOnly)
	doc.GetComponents()[3].StartDate = &start
	list := build(t, doc).Days["mail"].List
	if list[page.Window-12].Known || !list[page.Window-11].Known {
		t.Errorf("known from %+v", list[page.Window-12:page.Window-10])
	}
}

func TestDaysFollowTheZone(t *testing.T) {
	t.Parallel()
	doc := head()
	doc.TimeZone = "America/Los_Angeles" // the clocks went forward on 8 March 2026
	p := build(t, doc, []*statusv1.PublishedUpdate{said(9*time.Hour, "investigating", change("api", "major_outage")), said(8*time.Hour, "resolved")})
	list := p.Days["api"].List
	if got := list[page.Window-2]; got.Worst != "major_outage" || got.Suffered != time.Hour || got.Date.Hour() != 0 {
		t.Errorf("the day before: %+v", got)
	}
	if list[page.Window-1].Worst != "operational" {
		t.Errorf("today: %+v", list[page.Window-1])
	}
	for n := 1; n < len(list); n++ {
		if length := list[n].Date.Sub(list[n-1].Date); length != 24*time.Hour && length != 23*time.Hour {
			t.Errorf("a day of %v", length)
		}
	}
}
