package incidentlog_test

import (
	"crypto/rand"
	"strconv"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// write appends each event as a commit of its own.
func write(t *testing.T, log eventlog.Log, events ...incident.Event) {
	t.Helper()
	var head chain.Head
	var last uint64
	for i, e := range events {
		d, err := record.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		d.EventID, d.Actor = strconv.Itoa(i), "ada"
		data, next, err := chain.Seal(head, "incident.x", []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		at, err := log.Append(t.Context(), eventlog.Append{Subject: "incident.x", Expect: last, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		head, last = next, at.Sequence
	}
}

func TestARedactionCountsBeforeTheOriginalIsErased(t *testing.T) {
	log := memory.New(memory.Options{})
	write(t, log, incident.Declared{Number: 1, Title: "secret title", Status: incident.StatusTriage},
		incident.NoteAdded{Text: "kept"}, incident.EntryRedacted{Entry: 1, ReasonCode: "secret"})
	for _, until := range []uint64{0, 2} {
		entries, err := incidentlog.Load(t.Context(), log, "x", until)
		if err != nil {
			t.Fatal(err)
		}
		declared, _ := entries[0].Event.(incident.Declared)
		if !entries[0].Redacted || declared.Title != "" || declared.Number != 1 {
			t.Errorf("until %d: %+v", until, entries[0])
		}
		if note, _ := entries[1].Event.(incident.NoteAdded); note.Text != "kept" {
			t.Errorf("until %d: the note is %+v", until, note)
		}
		if until == 2 && len(entries) != 2 {
			t.Errorf("%d entries until message 2", len(entries))
		}
	}
}

func TestStateAndAbsence(t *testing.T) {
	log := memory.New(memory.Options{})
	none, err := incidentlog.Load(t.Context(), log, "x", 0)
	if err != nil || incidentlog.State(none).Declared() {
		t.Fatalf("an incident that does not exist: %v, %v", none, err)
	}
	write(t, log, incident.Declared{Number: 7, Title: "t", Status: incident.StatusTriage}, incident.Acknowledged{})
	entries, err := incidentlog.Load(t.Context(), log, "x", 0)
	if err != nil {
		t.Fatal(err)
	}
	s := incidentlog.State(entries)
	if s.Number != 7 || s.Revision != 2 || s.ID != "x" || entries[1].Sequence != 2 || entries[1].Envelope.Revision != 2 {
		t.Fatalf("state %+v", s)
	}
}
