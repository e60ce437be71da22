package row_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

func TestTheRowOfAnIncident(t *testing.T) {
	declared := time.Date(2026, 3, 1, 3, 12, 0, 0, time.UTC)
	i := view.Incident{
		ID: "inc1", Number: 41, Revision: 7, Title: "Checkout returns 502", Severity: incident.SEV1, Status: incident.StatusIdentified,
		Kind: incident.Unplanned, Private: true, Services: []string{"checkout"}, DeclaredAt: declared,
		Roles:   []view.RoleHolder{{Role: incident.Commander, Person: "ada"}, {Role: incident.Scribe, Person: "bob"}},
		Members: []incident.PersonID{"ada", "bob", "eve"}, Category: "capacity",
	}
	got, err := row.IncidentOf(&i)
	if err != nil {
		t.Fatal(err)
	}
	document := &timelinev1.Incident{}
	if err := proto.Unmarshal(got.Document, document); err != nil || document.GetTitle() != i.Title || document.GetNumber() != 41 {
		t.Errorf("document %v, %v", document, err)
	}
	got.Document = nil
	want := row.Incident{
		ID: "inc1", Number: 41, Revision: 7, Severity: "SEV-1", Status: "identified", Kind: "incident", Open: true, Private: true, Category: "capacity",
		DeclaredAt: declared, Services: []string{"checkout"}, Holders: []string{"ada", "bob"}, Members: []string{"ada", "bob", "eve"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	// One that goes on under another name is not worked on any more.
	i.MergedInto = "inc2"
	if got, err := row.IncidentOf(&i); err != nil || got.Open || !got.Merged {
		t.Errorf("open %v, merged %v, %v", got.Open, got.Merged, err)
	}
}

// TestTheSameIncidentGivesTheSameBytes: rows are compared byte for byte.
func TestTheSameIncidentGivesTheSameBytes(t *testing.T) {
	i := view.Incident{ID: "inc1", Services: []string{"a", "b"}, Impact: []incident.ComponentImpact{{Component: "x"}, {Component: "y"}}}
	first, err := row.IncidentOf(&i)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := row.IncidentOf(&i); err != nil || !slices.Equal(first.Document, again.Document) {
			t.Fatalf("other bytes, %v", err)
		}
	}
}

func TestColumnsAndValuesAreAsMany(t *testing.T) {
	if columns, values := len(row.IncidentColumns()), len((&row.Incident{}).Values(nil)); columns != values {
		t.Errorf("%d columns, %d values", columns, values)
	}
	if columns, written := len(row.EntryColumns()), (&row.Entry{}).AppendBinary(nil); columns != int(written[1]) {
		t.Errorf("%d columns, %d fields", columns, written[1])
	}
}

func TestBothWaysToWriteAnEntryMendItsText(t *testing.T) {
	e := row.Entry{IncidentID: "inc1", Entry: view.Entry{
		Revision: 3, Type: "incident.note_added\x00", Headline: "a\xff", Text: "b\x00", Original: "c\xfe", Label: "\x00", Author: "ä",
	}}
	e.OccurredAt, e.RecordedAt = time.UnixMicro(1).UTC(), time.UnixMicro(2).UTC()
	if stored, copied := e.Storable(), row.ParseBinary(e.AppendBinary(nil)); !reflect.DeepEqual(stored, copied) {
		t.Errorf("written %+v\ncopied %+v", stored, copied)
	}
	if e.Text != "b\x00" {
		t.Error("the entry itself was changed")
	}
}
