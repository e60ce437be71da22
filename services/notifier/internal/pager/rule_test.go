package pager_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/pager"
)

func noon() time.Time { return time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC) } // a Monday

// facts are those of a page of high urgency that calls.
func facts() pager.Facts {
	return pager.Facts{
		Page: page.State{Requested: page.Requested{Alert: "a", Urgency: catalogv1.Urgency_URGENCY_HIGH, At: noon(), Whom: page.Whom{Recipients: []page.Recipient{
			{Person: "p1", Ways: []page.Way{{Number: 1, Type: catalogv1.ContactType_CONTACT_TYPE_EMAIL, Integration: "mail"}}},
		}}}},
		Alert: alert.State{Fired: alert.Fired{Source: "s"}}, Person: "p1", Way: 1, Earliest: noon(), Carried: true, Now: noon(), Stale: time.Hour,
	}
}

func TestWhatIsDue(t *testing.T) {
	t.Parallel()
	acknowledged, silenced := alert.Acknowledged{By: "p2", At: noon()}, alert.Suppressed{Kind: "silence", ID: "s"}
	whole := func(f *pager.Facts) { f.Way, f.Person = 0, "" }
	for name, c := range map[string]struct {
		change func(*pager.Facts)
		want   pager.Step
		reason string
		settle bool
		wait   time.Duration
	}{
		"at once":                           {func(*pager.Facts) {}, pager.Send, "", false, 0},
		"not before its time":               {func(f *pager.Facts) { f.Earliest = noon().Add(time.Minute) }, pager.Rest, "", false, time.Minute},
		"far before its time":               {func(f *pager.Facts) { f.Earliest = noon().Add(24 * time.Hour) }, pager.Rest, "", false, time.Hour},
		"woken before the next attempt":     {func(f *pager.Facts) { f.Retry = noon().Add(30 * time.Second) }, pager.Rest, "", false, 30 * time.Second},
		"the next attempt":                  {func(f *pager.Facts) { f.Retry = noon() }, pager.Send, "", false, 0},
		"nobody asked":                      {func(f *pager.Facts) { f.Page = page.State{} }, pager.Stop, "unknown_page", false, 0},
		"a shadow":                          {func(f *pager.Facts) { f.Page.Requested.Shadow = true }, pager.Stop, "practice", false, 0},
		"practice":                          {func(f *pager.Facts) { f.Drill = true }, pager.Stop, "practice", false, 0},
		"the page is acknowledged":          {func(f *pager.Facts) { f.Page.Acknowledged = page.Acknowledged{By: "p2"} }, pager.Stop, "acknowledged", false, 0},
		"the alert is, the page not yet":    {func(f *pager.Facts) { f.Alert.Acknowledged = acknowledged }, pager.Stop, "acknowledged", false, 0},
		"the alert is over":                 {func(f *pager.Facts) { f.Alert.EndedAt = noon() }, pager.Stop, "ended", false, 0},
		"the page is over":                  {func(f *pager.Facts) { f.Page.EndedAt = noon() }, pager.Stop, "ended", false, 0},
		"it was delivered":                  {func(f *pager.Facts) { f.Page.Told = told(true, false) }, pager.Stop, "told", false, 0},
		"it was given up":                   {func(f *pager.Facts) { f.Page.Told = told(false, true) }, pager.Stop, "told", false, 0},
		"it was tried":                      {func(f *pager.Facts) { f.Page.Told = told(false, false) }, pager.Send, "", false, 0},
		"silenced":                          {func(f *pager.Facts) { f.Alert.Suppressed = silenced }, pager.Rest, "", false, time.Hour},
		"silenced, acknowledged":            {func(f *pager.Facts) { f.Alert.Suppressed, f.Alert.Acknowledged = silenced, acknowledged }, pager.Stop, "acknowledged", false, 0},
		"no integration":                    {func(f *pager.Facts) { f.Carried = false }, pager.GiveUp, "no_integration", false, 0},
		"a disabled integration":            {func(f *pager.Facts) { f.Paused = true }, pager.Rest, "", false, 10 * time.Second},
		"just in time":                      {func(f *pager.Facts) { f.Since = noon().Add(-time.Hour) }, pager.Send, "", false, 0},
		"too late":                          {func(f *pager.Facts) { f.Since = noon().Add(-time.Hour - 1) }, pager.GiveUp, "stale", false, 0},
		"disabled for too long":             {func(f *pager.Facts) { f.Paused, f.Since = true, noon().Add(-2*time.Hour) }, pager.GiveUp, "stale", false, 0},
		"late while silenced":               {func(f *pager.Facts) { f.Alert.Suppressed, f.Since = silenced, noon().Add(-2*time.Hour) }, pager.Rest, "", false, time.Hour},
		"the page itself, calling":          {whole, pager.Rest, "", false, time.Hour},
		"the page itself, silenced":         {func(f *pager.Facts) { whole(f); f.Alert.Suppressed = silenced }, pager.Rest, "", false, time.Hour},
		"the page itself behind":            {func(f *pager.Facts) { whole(f); f.Alert.Acknowledged = acknowledged }, pager.Rest, "", true, time.Hour},
		"the page itself, acknowledged":     {func(f *pager.Facts) { whole(f); f.Alert.Acknowledged = acknowledged; f.Page.Acknowledged.By = "p2" }, pager.Rest, "", false, time.Hour},
		"the page itself behind at the end": {func(f *pager.Facts) { whole(f); f.Alert.EndedAt = noon() }, pager.Stop, "ended", true, 0},
		"the page itself, over":             {func(f *pager.Facts) { whole(f); f.Alert.EndedAt, f.Page.EndedAt = noon(), noon() }, pager.Stop, "ended", false, 0},
		"the page itself, over, not settled": {func(f *pager.Facts) {
			whole(f)
			f.Alert.EndedAt, f.Page.EndedAt, f.Alert.Acknowledged = noon(), noon(), acknowledged
		}, pager.Stop, "ended", true, 0},
	} {
		f := facts()
		c.change(&f)
		d := pager.Decide(f)
		if d.Step != c.want || d.Reason != c.reason || d.Settle != c.settle || d.Wait != c.wait {
			t.Errorf("%s: %+v, want %v %q, settle %v, wait %v", name, d, c.want, c.reason, c.settle, c.wait)
		}
		if d.Step == pager.GiveUp && (d.Problem == "" || len(d.Problem) > 256) {
			t.Errorf("%s: problem %q", name, d.Problem)
		}
		if d.Step == pager.Send && d.Since.IsZero() {
			t.Errorf("%s: nobody knows since when it may be tried", name)
		}
	}
}

func told(delivered, failed bool) []page.Told {
	return []page.Told{{Outcome: page.Outcome{Person: "p1", Way: 1, Attempt: 1, At: noon()}, Delivered: delivered, Failed: failed}}
}

// TestNobodyIsToldOfWhatCallsNobody, whatever else is so.
func TestNobodyIsToldOfWhatCallsNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := facts()
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		stops, rests := false, false
		for _, c := range []struct {
			name   string
			change func()
		}{
			{"shadow", func() { f.Page.Requested.Shadow = true }},
			{"drill", func() { f.Drill = true }},
			{"page acknowledged", func() { f.Page.Acknowledged.By = "p2" }},
			{"alert acknowledged", func() { f.Alert.Acknowledged.By = "p2" }},
			{"page ended", func() { f.Page.EndedAt = noon() }},
			{"alert ended", func() { f.Alert.EndedAt = noon() }},
			{"told", func() { f.Page.Told = told(true, false) }},
		} {
			if flag(c.name) {
				c.change()
				stops = true
			}
		}
		if flag("suppressed") {
			f.Alert.Suppressed, rests = alert.Suppressed{Kind: "silence", ID: "s"}, true
		}
		if flag("early") {
			f.Earliest, rests = noon().Add(time.Duration(rapid.IntRange(1, 1e12).Draw(t, "by"))), true
		}
		f.Carried, f.Paused = flag("carried"), flag("paused")
		if flag("since") {
			f.Since = noon().Add(-time.Duration(rapid.Int64Range(0, int64(3*time.Hour)).Draw(t, "ago")))
		}
		d := pager.Decide(f)
		late := !f.Since.IsZero() && noon().Sub(f.Since) > f.Stale
		switch {
		case stops && d.Step != pager.Stop, !stops && rests && d.Step != pager.Rest:
			t.Errorf("%+v: %+v", f, d)
		case !stops && !rests && (d.Step == pager.Send) != (f.Carried && !f.Paused && !late):
			t.Errorf("%+v: %+v", f, d)
		case d.Step == pager.Rest && d.Wait <= 0:
			t.Errorf("it rests for %v", d.Wait)
		}
	})
}

const organization = `
{kind: Person, name: ada, spec: {contacts: [{type: email, address: a@example.org, wait: 5m}, {type: sms, address: "+491701234567", wait: 1h}, {type: email, address: b@example.org}, {type: email, address: c@example.org}]}}
---
{kind: Calendar, name: office, spec: {time_zone: Etc/UTC, hours: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]}}
---
{kind: Team, name: payments, spec: {members: [ada], calendar: office}}
---
{kind: Integration, name: mail, spec: {type: smtp, url: "smtp://mail.example.org", settings: {from: pages@example.org}}}
`

func TestWhenAWayMayBeTried(t *testing.T) {
	t.Parallel()
	log := memory.New(memory.Options{})
	follower := incidentlogtest.Follow(t, log)
	incidentlogtest.Apply(t, log, follower, incidentlogtest.YAML(t, organization)...)
	state := follower.State()
	high, low := catalogv1.Urgency_URGENCY_HIGH, catalogv1.Urgency_URGENCY_LOW
	pageAt := func(urgency catalogv1.Urgency, at time.Time) page.State {
		return page.State{Requested: page.Requested{Alert: "a", At: at, Urgency: urgency, Whom: page.Of(state, page.Ask{Team: "payments", Urgency: urgency, At: at})}}
	}
	ada, ok := state.Get("person", "ada")
	if !ok {
		t.Fatal("no ada")
	}
	failed := pageAt(high, noon())
	failed.Told = []page.Told{{Outcome: page.Outcome{Person: ada.ID, Way: 1, Attempt: 1, At: noon()}, Failed: true}}
	monday, night, evening := noon(), noon().Add(-10*time.Hour), noon().Add(5*time.Hour)
	for name, c := range map[string]struct {
		page page.State
		way  int
		now  time.Time
		want time.Time
	}{
		"the first at once":                   {pageAt(high, monday), 1, monday, monday},
		"the next after what the first waits": {pageAt(high, monday), 3, monday, monday.Add(5 * time.Minute)},
		"one behind it, which waits for none": {pageAt(high, monday), 4, monday, monday.Add(5 * time.Minute)},
		"what failed is not waited for":       {failed, 3, monday, monday},
		"low at work":                         {pageAt(low, monday), 1, monday, monday},
		"low at night":                        {pageAt(low, night), 1, night, time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)},
		"low, put off until after work":       {pageAt(low, monday), 1, evening, time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC)},
		"high, put off until after work":      {pageAt(high, monday), 1, evening, monday},
	} {
		if got := pager.Earliest(state, c.page, ada.ID, c.way, c.now); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := pager.Earliest(&catalog.State{}, pageAt(high, monday), "gone", 1, monday); !got.Equal(monday) {
		t.Errorf("somebody who is gone: %v", got)
	}
}
