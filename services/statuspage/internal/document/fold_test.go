package document_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

// began is when every scenario begins.
func began() time.Time { return time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC) }

// story folds events of one incident, a minute apart, and returns its document.
func story(events ...incident.Event) *statusv1.IncidentDocument {
	h := document.NewHistory("one")
	for n, e := range events {
		h.Apply(recorded(n, e))
	}
	return h.Document()
}

func recorded(n int, e incident.Event) incident.Recorded {
	at := began().Add(time.Duration(n) * time.Minute)
	return incident.Recorded{
		Meta:  incident.Meta{Incident: "one", Revision: uint64(n + 1), OccurredAt: at, RecordedAt: at},
		Event: e,
	}
}

func said(id, title, message string, status incident.Status) incident.PublicUpdatePublished {
	return incident.PublicUpdatePublished{UpdateID: id, Title: title, Message: message, Status: status}
}

// bodies are the texts that customers can read.
func bodies(doc *statusv1.IncidentDocument) string {
	var all []string
	for _, u := range doc.GetUpdates() {
		all = append(all, u.GetBody())
	}
	return strings.Join(all, "|")
}

func TestNothingInternalGetsIntoADocument(t *testing.T) {
	t.Parallel()
	const canary = "canary"
	update := said("u1", "Payments fail", "We are looking into it.", incident.StatusInvestigating)
	update.Components = []incident.ComponentImpact{{Component: canary, Status: incident.MajorOutage}}
	doc := story(
		incident.Declared{Title: canary, Summary: canary, Severity: incident.SEV1, Services: []string{canary}, Private: true},
		incident.UpdatePosted{Text: canary, Author: canary},
		incident.NoteAdded{Text: canary},
		incident.SeverityChanged{Reason: canary},
		incident.Mitigated{Summary: canary},
		incident.ImpactChanged{Components: []incident.ComponentImpact{{Component: canary, Status: incident.MajorOutage}}},
		incident.EntryEdited{Entry: 1, Text: canary, Reason: canary},
		update,
		incident.PublicUpdateRetracted{UpdateID: "other", Reason: canary},
		incident.EntryEdited{Entry: 2, Text: canary, Reason: canary},
		incident.Resolved{Summary: canary},
	)
	if text := prototext.Format(doc); strings.Contains(text, canary) {
		t.Errorf("internal text is public:\n%s", text)
	}
	if bodies(doc) != "We are looking into it." || doc.GetUpdates()[0].GetTitle() != "Payments fail" {
		t.Errorf("got %v", doc)
	}
}

func TestAnIncidentIsPublicOnlyOnceSomethingWasPublished(t *testing.T) {
	t.Parallel()
	if doc := story(incident.Declared{Title: "Internal"}); proto.Size(doc) != 0 {
		t.Errorf("got %v", doc)
	}
}

// What customers were told stays when an incident becomes private; what it is called
// inside does not become public then.
func TestAnIncidentBecomesPrivate(t *testing.T) {
	t.Parallel()
	declared := incident.Declared{Title: "Internal", Severity: incident.SEV1}
	hidden, shown := incident.VisibilityChanged{Private: true, Reason: "canary"}, incident.VisibilityChanged{}
	told := said("u1", "", "We look into it.", incident.StatusInvestigating)
	named := said("u1", "Payments fail", "We look into it.", incident.StatusInvestigating)
	for name, c := range map[string]struct {
		events []incident.Event
		title  string
	}{
		"after it was published":          {[]incident.Event{declared, told, hidden}, "Internal"},
		"before it was published":         {[]incident.Event{declared, hidden, named}, ""},
		"and is again public before":      {[]incident.Event{declared, hidden, shown, told}, "Internal"},
		"and is public after it was told": {[]incident.Event{declared, hidden, named, shown}, ""},
		"private from the beginning, public before": {[]incident.Event{
			incident.Declared{Title: "Internal", Private: true}, shown, told,
		}, "Internal"},
	} {
		doc := story(c.events...)
		if doc.GetTitle() != c.title || bodies(doc) != "We look into it." || strings.Contains(prototext.Format(doc), "canary") {
			t.Errorf("%s: %v", name, doc)
		}
	}
	if doc := story(declared, hidden); proto.Size(doc) != 0 {
		t.Errorf("nothing was published, and there is %v", doc)
	}
}

func TestADrillIsNeverPublic(t *testing.T) {
	t.Parallel()
	doc := story(incident.Declared{Title: "Exercise", Drill: true}, said("u1", "", "We pretend.", incident.StatusInvestigating))
	if proto.Size(doc) != 0 {
		t.Errorf("got %v", doc)
	}
}

func TestTheNameIsThatOfTheFirstPublication(t *testing.T) {
	t.Parallel()
	doc := story(
		incident.Declared{Title: "First"}, incident.EntryEdited{Entry: 1, Text: "Second\nwith a summary"},
		said("u1", "", "Text.", incident.StatusInvestigating), incident.EntryEdited{Entry: 1, Text: "Third"},
	)
	if doc.GetTitle() != "Second" {
		t.Errorf("the name is %q", doc.GetTitle())
	}
	redacted := story(
		incident.Declared{Title: "First"}, said("u1", "", "Text.", incident.StatusInvestigating), incident.EntryRedacted{Entry: 1},
	)
	if redacted.GetTitle() != "" || bodies(redacted) != "Text." {
		t.Errorf("a redacted name: %v", redacted)
	}
}

// TestANameThatIsNotPublicIsNowhere tells customers of an incident under a name of
// their own: what it is called inside is in the document only if an update went out
// under it.
func TestANameThatIsNotPublicIsNowhere(t *testing.T) {
	t.Parallel()
	const status = incident.StatusInvestigating
	on := func(u incident.PublicUpdatePublished, pages ...string) incident.PublicUpdatePublished {
		u.Pages = pages
		return u
	}
	for name, c := range map[string]struct {
		events []incident.Event
		want   string
	}{
		"named at once":             {[]incident.Event{said("u1", "Public", "Text.", status)}, ""},
		"and told of again":         {[]incident.Event{said("u1", "Public", "Text.", status), said("u2", "", "More.", status)}, ""},
		"named later":               {[]incident.Event{said("u1", "", "Text.", status), said("u2", "Public", "More.", status)}, "Internal"},
		"named elsewhere":           {[]incident.Event{on(said("u1", "Public", "Text.", status), "partners"), said("u2", "", "More.", status)}, "Internal"},
		"told of where it is named": {[]incident.Event{on(said("u1", "Public", "Text.", status), "a", "b"), on(said("u2", "", "More.", status), "b")}, ""},
		"told of at a third place":  {[]incident.Event{on(said("u1", "Public", "Text.", status), "a", "b"), on(said("u2", "", "More.", status), "b", "c")}, "Internal"},
		"taken back and told of again": {
			[]incident.Event{said("u1", "Public", "Text.", status), incident.PublicUpdateRetracted{UpdateID: "u1"}, said("u2", "", "More.", status)}, "Internal",
		},
		"its name redacted": {
			[]incident.Event{said("u1", "Public", "Text.", status), said("u2", "", "More.", status), incident.EntryRedacted{Entry: 2}}, "",
		},
	} {
		doc := story(append([]incident.Event{incident.Declared{Title: "Internal"}}, c.events...)...)
		if doc.GetTitle() != c.want || len(doc.GetUpdates()) == 0 {
			t.Errorf("%s: the document is called %q, want %q", name, doc.GetTitle(), c.want)
		}
	}
}

func TestARetractedUpdateIsGone(t *testing.T) {
	t.Parallel()
	doc := story(
		said("u1", "Payments fail", "First.", incident.StatusInvestigating),
		said("u2", "", "Second.", incident.StatusIdentified),
		incident.PublicUpdateRetracted{UpdateID: "u2"},
	)
	if bodies(doc) != "First." {
		t.Errorf("got %v", doc)
	}
	none := story(said("u1", "", "First.", incident.StatusInvestigating), incident.PublicUpdateRetracted{UpdateID: "u1"})
	if proto.Size(none) != 0 {
		t.Errorf("got %v", none)
	}
}

func TestAnEditedUpdateSaysTheNewText(t *testing.T) {
	t.Parallel()
	update := said("u1", "Payments fail", "Typo.", incident.StatusInvestigating)
	edit := incident.EntryEdited{Entry: 1, Text: "Right."}
	doc := story(update, edit)
	if got := doc.GetUpdates()[0]; got.GetBody() != "Right." || got.GetEditedAtUs() != began().Add(time.Minute).UnixMicro() {
		t.Errorf("got %v", got)
	}
	if back := story(update, edit, incident.EntryRedacted{Entry: 2}); bodies(back) != "Typo." {
		t.Errorf("after the edit was redacted: %v", back)
	}
}

func TestARedactedTextIsGoneAndTheRestCounts(t *testing.T) {
	t.Parallel()
	alone := story(said("u1", "Secret name", "Secret.", incident.StatusInvestigating), incident.EntryRedacted{Entry: 1})
	if proto.Size(alone) != 0 {
		t.Errorf("got %v", alone)
	}
	doc := story(
		said("u1", "Name", "First.", incident.StatusInvestigating), said("u2", "Secret name", "Secret.", incident.StatusResolved),
		incident.EntryRedacted{Entry: 2},
	)
	last := doc.GetUpdates()[len(doc.GetUpdates())-1]
	if strings.Contains(prototext.Format(doc), "Secret") || last.GetStatus() != "resolved" {
		t.Errorf("got %v", doc)
	}
}

func TestARedactionIsTheSameLiveAndReadAgain(t *testing.T) {
	t.Parallel()
	events := []incident.Event{
		incident.Declared{Title: "Name"},
		said("u1", "", "Secret.", incident.StatusInvestigating),
		incident.EntryEdited{Entry: 2, Text: "Secret too."},
		said("u2", "", "Kept.", incident.StatusIdentified),
		incident.EntryRedacted{Entry: 2},
		incident.EntryRedacted{Entry: 3},
	}
	live := story(events...)
	events[1], events[2] = said("u1", "", "", incident.StatusInvestigating), incident.EntryEdited{Entry: 2}
	h := document.NewHistory("one")
	for n, e := range events {
		r := recorded(n, e)
		r.Redacted = n == 1 || n == 2
		h.Apply(r)
	}
	if again := h.Document(); !proto.Equal(live, again) || bodies(live) != "|Kept." {
		t.Errorf("live %v\nread again %v", live, again)
	}
}

func TestTheSameEventTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	h := document.NewHistory("one")
	e := recorded(0, said("u1", "Payments fail", "Trouble.", incident.StatusInvestigating))
	if !h.Apply(e) || h.Apply(e) {
		t.Error("the first must change something and the second nothing")
	}
	if n := len(h.Document().GetUpdates()); n != 1 {
		t.Errorf("%d updates", n)
	}
}

func TestUpdatesAreInTheOrderThatIsShown(t *testing.T) {
	t.Parallel()
	h := document.NewHistory("one")
	late, early := recorded(0, said("u1", "", "Late.", incident.StatusInvestigating)), recorded(1, said("u2", "", "Early.", incident.StatusInvestigating))
	early.OccurredAt = began().Add(-time.Hour)
	h.Apply(late)
	h.Apply(early)
	if got := bodies(h.Document()); got != "Early.|Late." {
		t.Errorf("got %q", got)
	}
}

func TestIdsLookLikeStatuspages(t *testing.T) {
	t.Parallel()
	doc := story(said("internal-update-id", "Payments fail", "Trouble.", incident.StatusInvestigating))
	page := document.Pages(nil, began())[0]
	for _, id := range []string{page.GetId(), doc.GetId(), doc.GetUpdates()[0].GetId()} {
		if len(id) != 12 || strings.ContainsFunc(id, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", r) }) {
			t.Errorf("id %q", id)
		}
	}
	kept := story(said("259dt6xnlkqq", "Payments fail", "Trouble.", incident.StatusInvestigating))
	if id := kept.GetUpdates()[0].GetId(); id != "259dt6xnlkqq" {
		t.Errorf("an original id became %q", id)
	}
}

func TestAnEndlessIncidentStaysBounded(t *testing.T) {
	t.Parallel()
	var events []incident.Event
	for n := range document.MaxUpdates + 50 {
		events = append(events, said(fmt.Sprint("u", n), "", strings.Repeat("long ", 1000)+fmt.Sprint(n), incident.StatusInvestigating))
	}
	doc := story(events...)
	if size := proto.Size(doc); size > document.MaxDocumentBytes+1000 {
		t.Errorf("%d bytes", size)
	}
	if n := len(doc.GetUpdates()); n != document.MaxUpdates {
		t.Errorf("%d updates", n)
	}
	if last := doc.GetUpdates()[len(doc.GetUpdates())-1].GetBody(); !strings.HasSuffix(last, fmt.Sprint(document.MaxUpdates+49)) {
		t.Error("the newest text was let go")
	}
	huge := story(said("u", "", strings.Repeat("ä", document.MaxBody), incident.StatusInvestigating))
	if body := huge.GetUpdates()[0].GetBody(); len(body) > document.MaxBody || !strings.HasSuffix(body, "…") {
		t.Errorf("%d bytes", len(body))
	}
}
