package document_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

// events makes the history of the nth incident: declared, then said, a minute apart.
func events(n int, updates ...incident.PublicUpdatePublished) []incident.Recorded {
	list := []incident.Event{incident.Declared{Title: fmt.Sprintf("Title %d", n)}}
	for _, u := range updates {
		list = append(list, u)
	}
	var history []incident.Recorded
	for i, e := range list {
		at := began().Add(time.Duration(n)*time.Hour + time.Duration(i)*time.Minute)
		history = append(history, incident.Recorded{
			Meta:  incident.Meta{Incident: incident.ID(fmt.Sprintf("i%d", n)), Revision: uint64(i + 1), OccurredAt: at, RecordedAt: at},
			Event: e,
		})
	}
	return history
}

// archive is a log of whole incidents, and the fold of it.
type archive struct {
	fold      *document.Fold
	histories map[incident.ID][]incident.Recorded
	restored  int
}

func newArchive() *archive {
	return &archive{fold: document.NewFold(began()), histories: map[incident.ID][]incident.Recorded{}}
}

func (a *archive) add(history ...incident.Recorded) {
	for _, r := range history {
		a.histories[r.Incident] = append(a.histories[r.Incident], r)
		a.fold.Apply(r)
	}
}

// say continues the nth incident by one event.
func (a *archive) say(n int, e incident.Event) {
	id := incident.ID(fmt.Sprintf("i%d", n))
	last := a.histories[id][len(a.histories[id])-1]
	last.Revision, last.Event = last.Revision+1, e
	last.OccurredAt, last.RecordedAt = last.OccurredAt.Add(time.Minute), last.RecordedAt.Add(time.Minute)
	a.add(last)
}

// page is the default page once all that was asked for was read again.
func (a *archive) page() document.Page {
	for _, id := range a.fold.Missing() {
		a.restored++
		a.fold.Restore(id, a.histories[id])
	}
	return a.fold.Pages(nil)[0]
}

func names(p document.Page) map[string]string {
	all := map[string]string{}
	for _, i := range p.GetIncidents() {
		all[i.GetName()] = i.GetStatus()
	}
	return all
}

func TestOldIncidentsAreLeftOutButNotOpenOnes(t *testing.T) {
	t.Parallel()
	a := newArchive()
	a.add(events(0, said("u", "", "Text.", incident.StatusInvestigating))...)
	for n := range document.MaxIncidents + 20 {
		a.add(events(n+1, said("u", "", "Text.", incident.StatusResolved))...)
	}
	incidents := a.page().GetIncidents()
	if len(incidents) != document.MaxIncidents+1 {
		t.Fatalf("%d incidents", len(incidents))
	}
	if last := incidents[len(incidents)-1]; last.GetStatus() != "investigating" {
		t.Errorf("the open incident was left out; the last is %v", last)
	}
}

func TestTensOfThousandsOfOpenIncidentsStayBounded(t *testing.T) {
	t.Parallel()
	const many = 20_000
	a := newArchive()
	for n := range many {
		a.add(events(n, said("u", "", strings.Repeat("Text. ", 2000), incident.StatusInvestigating))...)
	}
	page := a.page()
	if size := proto.Size(page.PageDocument); size > document.MaxDocumentBytes {
		t.Errorf("%d bytes", size)
	}
	shown := len(page.GetIncidents())
	if shown == 0 || shown+page.Hidden != many || a.restored != 0 {
		t.Errorf("%d shown, %d hidden, %d read again", shown, page.Hidden, a.restored)
	}
	if newest := page.GetIncidents()[0].GetName(); newest != fmt.Sprintf("Title %d", many-1) {
		t.Errorf("the newest shown is %q", newest)
	}
}

func TestWhatHadNoRoomComesBackWhenThereIsSome(t *testing.T) {
	t.Parallel()
	const many = 3000
	a := newArchive()
	for n := range many {
		a.add(events(n, said("u", "", "Text.", incident.StatusInvestigating))...)
	}
	for n := 10; n < many; n++ {
		a.say(n, said("u2", "", "Over.", incident.StatusResolved))
		if n%50 == 0 {
			a.page()
		}
	}
	page := a.page()
	for n := range 10 {
		if status := names(page)[fmt.Sprintf("Title %d", n)]; status != "investigating" {
			t.Errorf("incident %d is %q", n, status)
		}
	}
	if page.Hidden != 0 || len(page.GetIncidents()) != document.MaxIncidents+10 {
		t.Errorf("%d hidden, %d shown", page.Hidden, len(page.GetIncidents()))
	}
}

func TestAForgottenIncidentIsReadAgainWhenItOpens(t *testing.T) {
	t.Parallel()
	a := newArchive()
	for n := range 5000 {
		a.add(events(n, said("u1", "", "Trouble.", incident.StatusInvestigating), said("u2", "", "Over.", incident.StatusResolved))...)
	}
	if a.page().Hidden != 0 {
		t.Error("what is over counts as hidden")
	}
	a.say(0, incident.PublicUpdateRetracted{UpdateID: "u2"})
	a.say(1, said("u3", "", "Again.", incident.StatusInvestigating))
	a.say(2, incident.EntryRedacted{Entry: 3})
	page := a.page()
	for _, name := range []string{"Title 0", "Title 1"} {
		if names(page)[name] != "investigating" {
			t.Errorf("%s is %q", name, names(page)[name])
		}
	}
	if a.restored != 3 {
		t.Errorf("%d read again", a.restored)
	}
}

func TestAnUpdateLongAfterTheDeclarationHasItsTitle(t *testing.T) {
	t.Parallel()
	a := newArchive()
	for n := range 6000 {
		a.add(events(n)...)
	}
	a.say(0, incident.EntryEdited{Entry: 1, Text: "Better title"})
	a.say(0, said("u1", "", "Trouble.", incident.StatusInvestigating))
	page := a.page()
	if len(page.GetIncidents()) != 1 || page.GetIncidents()[0].GetName() != "Better title" || a.restored != 1 {
		t.Errorf("got %v, %d read again", page.GetIncidents(), a.restored)
	}
	// What was read again may be ahead: it is not folded twice.
	a.fold.Apply(a.histories["i0"][2])
	if n := len(a.page().GetIncidents()[0].GetUpdates()); n != 1 {
		t.Errorf("%d updates", n)
	}
}

func TestALongIncidentShowsItsNewestUpdates(t *testing.T) {
	t.Parallel()
	var updates []incident.PublicUpdatePublished
	for n := range 500 {
		u := said(fmt.Sprintf("u%d", n), "", fmt.Sprintf("%d %s", n, strings.Repeat("é", 10_000)), incident.StatusInvestigating)
		u.Components = []incident.ComponentImpact{{Component: "api", Status: incident.MajorOutage}}
		if n > 0 {
			u.Components = nil
		}
		updates = append(updates, u)
	}
	a := newArchive()
	a.add(events(1, updates...)...)
	shown := a.page().GetIncidents()[0]
	newest := shown.GetUpdates()[0]
	if !strings.HasPrefix(newest.GetBody(), "499 ") || !strings.HasSuffix(newest.GetBody(), "é…") || len(newest.GetBody()) > document.MaxBody {
		t.Errorf("the newest has %d bytes: %.10q", len(newest.GetBody()), newest.GetBody())
	}
	if size := proto.Size(shown); size > 33<<10 {
		t.Errorf("%d bytes", size)
	}
	if shown.GetImpact() != "major" || shown.GetCreatedAtUs() != began().Add(time.Hour+time.Minute).UnixMicro() {
		t.Errorf("what old updates said of it does not count: %s, %d", shown.GetImpact(), shown.GetCreatedAtUs())
	}
}

func TestADefaultPageIsAsOldAsTheLog(t *testing.T) {
	t.Parallel()
	if us := newArchive().page().GetUpdatedAtUs(); us != began().UnixMicro() {
		t.Errorf("updated at %d", us)
	}
}
