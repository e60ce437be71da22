package view_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

func TestAnEditKeepsTheOriginalBeside(t *testing.T) {
	v := fold(t, declared().
		then("bob", incident.NoteAdded{Text: "the db is slo"}).
		then("bob", incident.EntryEdited{Entry: 2, Text: "the database is slow"}).
		then("bob", incident.EntryEdited{Entry: 2, Text: "The database is slow.", Reason: "style"}))
	e := v.Entry(2)
	if !e.Edited || e.Text != "The database is slow." || e.Original != "the db is slo" {
		t.Errorf("got %+v", *e)
	}
	if edit := v.Entry(4); !edit.Curation || edit.Target != 2 || edit.Text != "The database is slow.\n\nWhy: style" || edit.Shown() {
		t.Errorf("the edit's own entry: %+v", *edit)
	}
}

func TestEditedDeclarationChangesTheTitle(t *testing.T) {
	v := fold(t, declared().then("ada", incident.EntryEdited{Entry: 1, Text: "Checkout is down\n\nEverywhere."}))
	if v.Incident.Title != "Checkout is down" || v.Incident.Summary != "Everywhere." {
		t.Errorf("got %q, %q", v.Incident.Title, v.Incident.Summary)
	}
}

func TestEditedPublicUpdateChangesItsMessage(t *testing.T) {
	v := fold(t, declared().
		then("ada", incident.PublicUpdatePublished{UpdateID: "u", Status: incident.StatusInvestigating, Message: "We lok."}).
		then("ada", incident.EntryEdited{Entry: 2, Text: "We look."}).
		then("ada", incident.PublicUpdateRetracted{UpdateID: "u", Reason: "too early"}))
	if u := v.Incident.Updates[0]; u.Message != "We look." || !u.Retracted || u.Entry != 2 {
		t.Errorf("got %+v", u)
	}
}

func TestPinsAndHides(t *testing.T) {
	s := declared().then("bob", incident.NoteAdded{Text: "n"}).
		then("bob", incident.EntryPinned{Entry: 2, Pinned: true}).
		then("bob", incident.EntryHidden{Entry: 2, Hidden: true, Reason: "noise"})
	if e := fold(t, s).Entry(2); !e.Pinned || !e.Hidden || e.Shown() {
		t.Errorf("got %+v", *e)
	}
	s = s.then("bob", incident.EntryPinned{Entry: 2}).then("bob", incident.EntryHidden{Entry: 2})
	if e := fold(t, s).Entry(2); e.Pinned || e.Hidden || !e.Shown() {
		t.Errorf("taken back: %+v", *e)
	}
}

func TestCurationOfWhatIsNotThereIsPassedOver(t *testing.T) {
	v := fold(t, declared().
		then("ada", incident.EntryEdited{Entry: 0, Text: "x"}).
		then("ada", incident.EntryPinned{Entry: 77, Pinned: true}).
		then("ada", incident.EntryHidden{Entry: 1 << 63, Hidden: true}).
		then("ada", incident.EntryRedacted{Entry: 99}))
	if v.Incident.Title != "Checkout returns 502" || v.Incident.Revision != 5 {
		t.Errorf("got %+v", v.Incident)
	}
}

// TestRedactionReachesEveryCopy compares what is left after a redaction with what
// a replay gives once the content is gone from the log.
func TestRedactionReachesEveryCopy(t *testing.T) {
	for name, c := range map[string]struct {
		full, gone incident.Event
	}{
		"declaration": {
			incident.Declared{Number: 1, Title: "canary", Summary: "canary", Severity: incident.SEV1},
			incident.Declared{Number: 1, Severity: incident.SEV1},
		},
		"note":          {incident.NoteAdded{Text: "canary", Author: "canary", Label: "fix"}, incident.NoteAdded{Label: "fix"}},
		"public update": {incident.PublicUpdatePublished{UpdateID: "u", Message: "canary", Title: "canary"}, incident.PublicUpdatePublished{UpdateID: "u"}},
		"alert":         {incident.AlertLinked{AlertID: "a", Title: "canary", URL: "canary"}, incident.AlertLinked{AlertID: "a"}},
		"edit":          {incident.EntryEdited{Entry: 1, Text: "canary", Reason: "canary"}, incident.EntryEdited{Entry: 1}},
		"hand-over":     {incident.RoleHandedOver{Role: incident.Scribe, To: "p", Summary: "canary"}, incident.RoleHandedOver{Role: incident.Scribe, To: "p"}},
	} {
		begin := declared()
		if _, first := c.full.(incident.Declared); first {
			begin = nil
		}
		full := begin.then("ada", c.full)
		gone := full.redacted(c.gone)
		redaction := incident.EntryRedacted{Entry: uint64(len(full)), ReasonCode: "secret"}
		live := fold(t, full.then("ada", redaction))
		replayed := fold(t, gone.then("ada", redaction))
		if !reflect.DeepEqual(live.Incident, replayed.Incident) || !reflect.DeepEqual(live.Entries, replayed.Entries) {
			t.Errorf("%s: live and replayed views differ:\n%+v\n%+v", name, live, replayed)
		}
		if e := live.Entry(uint64(len(full))); !e.Redacted || e.Text != "" || e.Author != "" {
			t.Errorf("%s: the entry still says %+v", name, *e)
		}
	}
}

func TestRedactedEditFallsBackToWhatWasBefore(t *testing.T) {
	v := fold(t, declared().
		then("bob", incident.NoteAdded{Text: "first"}).
		then("bob", incident.EntryEdited{Entry: 2, Text: "second"}).
		then("bob", incident.EntryEdited{Entry: 2, Text: "canary"}).
		then("bob", incident.EntryRedacted{Entry: 4}))
	if e := v.Entry(2); e.Text != "second" || e.Original != "first" || e.Redacted {
		t.Errorf("got %+v", *e)
	}
	again := view.View{}
	if again.Entry(1) != nil {
		t.Error("an empty view has an entry")
	}
}

func TestRedactedDeclarationCanGetANewTitle(t *testing.T) {
	v := fold(t, declared().
		then("ada", incident.EntryRedacted{Entry: 1}).
		then("ada", incident.EntryEdited{Entry: 1, Text: "Checkout trouble"}))
	if v.Incident.Title != "Checkout trouble" || v.Incident.Summary != "" {
		t.Errorf("got %q, %q", v.Incident.Title, v.Incident.Summary)
	}
	if e := v.Entry(1); !e.Redacted || e.Original != "" || e.Text != "Checkout trouble" {
		t.Errorf("entry %+v", *e)
	}
}

func TestTouchedNamesWhatChanged(t *testing.T) {
	v := fold(t, declared().then("bob", incident.NoteAdded{Text: "a"}).then("bob", incident.EntryEdited{Entry: 2, Text: "b"}))
	v.Touched()
	for want, e := range map[uint64]incident.Event{
		2: incident.EntryPinned{Entry: 2, Pinned: true}, 1: incident.EntryHidden{Entry: 1, Hidden: true},
	} {
		next := declared().then("bob", incident.NoteAdded{}).then("bob", incident.NoteAdded{})
		for uint64(len(next)) <= v.Incident.Revision {
			next = next.then("bob", e)
		}
		if err := v.Apply(next[len(next)-1]); err != nil {
			t.Fatal(err)
		}
		if got := v.Touched(); !slices.Contains(got, want) || !slices.Contains(got, v.Incident.Revision) {
			t.Errorf("%T touched %v", e, got)
		}
	}
	v.Redact(3)
	if got := v.Touched(); !slices.Contains(got, 2) || !slices.Contains(got, 3) {
		t.Errorf("redacting a correction touched %v", got)
	}
	if got := v.Touched(); len(got) != 0 {
		t.Errorf("asked again: %v", got)
	}
}
