package timeline_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// paged writes one event on the page of an alert and returns the page's id.
func (w *world) paged(alertID string, e interface {
	Draft(eventID string) (chain.Draft, error)
},
) string {
	w.t.Helper()
	id := page.ID(alertID)
	var state page.State
	var last uint64
	messages, _ := w.log.Load(w.t.Context(), page.Subject(id), 0)
	for _, m := range messages {
		var err error
		if state, err = page.Fold(state, m.Data); err != nil {
			w.t.Fatal(err)
		}
		last = m.Sequence
	}
	d, err := e.Draft("event")
	if err != nil {
		w.t.Fatal(err)
	}
	data, _, err := chain.Seal(state.Head, page.Subject(id), []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.log.Append(w.t.Context(), eventlog.Append{Subject: page.Subject(id), Expect: last, Data: data}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// calls is a page of an alert to one person by two ways, of which one cannot be used.
func calls(alertID, person, team string, shadow bool, at time.Time) page.Requested {
	return page.Requested{
		Alert: alertID, Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Shadow: shadow, At: at,
		Whom: page.Whom{Team: team, NotBefore: at, Revision: 3, Recipients: []page.Recipient{{Person: person, Ways: []page.Way{
			{Number: 1, Type: catalogv1.ContactType_CONTACT_TYPE_EMAIL, Integration: "mail"},
			{Number: 2, Type: catalogv1.ContactType_CONTACT_TYPE_SMS, Problem: page.NoIntegration},
		}}}},
	}
}

// pages lists as somebody, with everything that is in the log.
func (n *node) pages(who string, r *signalv1.ListPagesRequest) []*signalv1.Page {
	n.world.t.Helper()
	r.Position = n.world.settle()
	return must[*signalv1.ListPagesResponse](n.world.t)(signalv1.NewPageViewServiceClient(n.conn).ListPages(as(n.world.t, who), r)).GetPages()
}

func titlesOf(pages []*signalv1.Page) []string {
	var titles []string
	for _, p := range pages {
		titles = append(titles, p.GetAlertTitle())
	}
	return titles
}

func TestPagesAreListed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	first, second, third := w.fires(alert.Fired{Fingerprint: "a", Title: "Disk"}), w.fires(alert.Fired{Fingerprint: "b", Title: "5xx"}), w.fires(alert.Fired{Fingerprint: "c", Title: "Shadow"})
	id := w.paged(first, calls(first, "p1", "payments", false, noon()))
	w.paged(second, calls(second, "p2", "search", false, noon().Add(time.Minute)))
	w.paged(third, calls(third, "p1", "payments", true, noon().Add(2*time.Minute)))
	w.paged(second, page.Ended{At: noon().Add(time.Hour)})

	same(t, "all, the latest first", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{})), "Shadow", "5xx", "Disk")
	same(t, "shadows", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{Sort: signalv1.PageSort_PAGE_SORT_SHADOW})), "Shadow")
	same(t, "real ones", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{Sort: signalv1.PageSort_PAGE_SORT_REAL})), "5xx", "Disk")
	same(t, "open", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{Open: true, Sort: signalv1.PageSort_PAGE_SORT_REAL})), "Disk")
	same(t, "since", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{Since: stamp(noon().Add(time.Second))})), "Shadow", "5xx")
	same(t, "of a team", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{Team: "search"})), "5xx")
	same(t, "of an alert", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{Alert: first})), "Disk")
	_, err := signalv1.NewPageViewServiceClient(n.conn).ListPages(as(t, "eve"), &signalv1.ListPagesRequest{Person: "nobody"})
	refused(t, err, "invalid_argument", "unknown_person")

	one := n.pages("eve", &signalv1.ListPagesRequest{PageSize: 1})
	if len(one) != 1 || one[0].GetState() != signalv1.PageState_PAGE_STATE_SHADOW || one[0].GetPeople()[0].GetWays()[0].GetState() != signalv1.PageWayState_PAGE_WAY_STATE_SHADOW {
		t.Errorf("the shadow: %v", one)
	}
	client := signalv1.NewPageViewServiceClient(n.conn)
	get := func() *signalv1.Page {
		return must[*signalv1.GetPageResponse](t)(client.GetPage(as(t, "eve"), &signalv1.GetPageRequest{Page: id[:8], Position: w.settle()})).GetPage()
	}
	for _, step := range []struct {
		event interface {
			Draft(eventID string) (chain.Draft, error)
		}
		state signalv1.PageState
		way   signalv1.PageWayState
	}{
		{nil, signalv1.PageState_PAGE_STATE_CALLING, signalv1.PageWayState_PAGE_WAY_STATE_WAITING},
		{
			page.Attempted{Outcome: page.Outcome{Person: "p1", Way: 1, Attempt: 1, At: noon(), Reason: "timeout", Problem: "there was no answer"}},
			signalv1.PageState_PAGE_STATE_CALLING, signalv1.PageWayState_PAGE_WAY_STATE_ATTEMPTED,
		},
		{page.Acknowledged{By: "p1", At: noon()}, signalv1.PageState_PAGE_STATE_ACKNOWLEDGED, signalv1.PageWayState_PAGE_WAY_STATE_STOPPED},
		{
			page.Delivered{Outcome: page.Outcome{Person: "p1", Way: 1, Attempt: 2, At: noon()}},
			signalv1.PageState_PAGE_STATE_ACKNOWLEDGED, signalv1.PageWayState_PAGE_WAY_STATE_DELIVERED,
		},
		{page.Ended{At: noon()}, signalv1.PageState_PAGE_STATE_ENDED, signalv1.PageWayState_PAGE_WAY_STATE_DELIVERED},
	} {
		if step.event != nil {
			w.paged(first, step.event)
		}
		got := get()
		ways := got.GetPeople()[0].GetWays()
		if got.GetState() != step.state || ways[0].GetState() != step.way || ways[1].GetState() != signalv1.PageWayState_PAGE_WAY_STATE_NO_WAY {
			t.Errorf("after %T: %v", step.event, got)
		}
	}
	_, err = client.GetPage(as(t, "eve"), &signalv1.GetPageRequest{Page: "ffffffff"})
	refused(t, err, "not_found", "no_such_page")
	// That nobody is told for now is said of pages that call only.
	for _, silenced := range []string{first, third} {
		quiet, err := alert.Suppressed{Kind: "silence", Name: "n", ID: "s1", At: noon(), Until: noon().Add(time.Hour)}.Draft("quiet")
		w.alert(silenced, quiet, err)
	}
	fourth := w.fires(alert.Fired{Fingerprint: "d", Title: "Silenced"})
	w.paged(fourth, calls(fourth, "p1", "payments", false, noon().Add(3*time.Minute)))
	quiet, err := alert.Suppressed{Kind: "silence", Name: "n", ID: "s1", At: noon(), Until: noon().Add(time.Hour)}.Draft("quiet")
	w.alert(fourth, quiet, err)
	for _, p := range n.pages("eve", &signalv1.ListPagesRequest{}) {
		if got, want := p.GetSuppressed(), p.GetAlertId() == fourth; got != want {
			t.Errorf("%s is silenced: %v, want %v", p.GetAlertTitle(), got, want)
		}
	}
	rebuilt := must[*signalv1.RebuildPagesResponse](t)(client.RebuildPages(as(t, "root"), &signalv1.RebuildPagesRequest{}))
	if rebuilt.GetPages() != 4 || rebuilt.GetCorrected() != 0 {
		t.Errorf("rebuilt: %v", rebuilt)
	}
}

func TestAPageIsSeenByWhoSeesItsAlert(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	secret := string(w.Declare(incident.Declare{Title: "Breach", Private: true, Severity: incident.SEV1}, logtest.Act{}))
	id := w.fires(alert.Fired{Fingerprint: "a", Title: "Strange logins"})
	paged := w.paged(id, calls(id, "p1", "security", false, noon()))
	same(t, "before", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{})), "Strange logins")
	d, err := alert.Linked{Incident: secret, By: "ada", At: noon()}.Draft("linked")
	w.alert(id, d, err)
	same(t, "a stranger", titlesOf(n.pages("eve", &signalv1.ListPagesRequest{})))
	_, err = signalv1.NewPageViewServiceClient(n.conn).GetPage(as(t, "eve"), &signalv1.GetPageRequest{Page: paged, Position: w.settle()})
	refused(t, err, "not_found", "no_such_page")
	if got := n.pages("root", &signalv1.ListPagesRequest{}); len(got) != 1 || !strings.HasPrefix(got[0].GetIncidentId(), secret) {
		t.Errorf("an admin sees %v", got)
	}
}
