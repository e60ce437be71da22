package row_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// TestBinaryRowsComeBack: what is kept as bytes during a rebuild is the entry.
func TestBinaryRowsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zä☃\n]{0,20}`)
		at := func(name string) time.Time {
			return time.UnixMicro(rapid.Int64Range(-1e15, 4e15).Draw(t, name)).UTC()
		}
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		want := row.Entry{IncidentID: text.Draw(t, "id"), Entry: view.Entry{
			Revision: rapid.Uint64Range(1, 1<<40).Draw(t, "revision"), Type: text.Draw(t, "type"), EventID: text.Draw(t, "event"),
			OccurredAt: at("occurred"), RecordedAt: at("recorded"), Actor: incident.PersonID(text.Draw(t, "actor")),
			Headline: text.Draw(t, "headline"), Text: text.Draw(t, "text"), Original: text.Draw(t, "original"),
			Label: text.Draw(t, "label"), Author: text.Draw(t, "author"), Target: rapid.Uint64Range(0, 1<<40).Draw(t, "target"),
			Edited: flag("edited"), Pinned: flag("pinned"), Hidden: flag("hidden"), Redacted: flag("redacted"),
			Curation: flag("curation"), ClockAdjusted: flag("adjusted"),
		}}
		if got := row.ParseBinary(want.AppendBinary(nil)); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	})
}

func TestTextThatTheDatabaseRefusesIsMended(t *testing.T) {
	e := row.Entry{Entry: view.Entry{Text: "a\x00b\xff"}}
	if got := row.ParseBinary(e.AppendBinary(nil)).Text; got != "a\uFFFDb\uFFFD" {
		t.Errorf("got %q", got)
	}
}
