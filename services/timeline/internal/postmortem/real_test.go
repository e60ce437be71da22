package postmortem_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// shared finds the optional folder of real histories beside the repository.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("BRIDGELOG_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "timelines")); err != nil {
		t.Skipf("no real timelines at %s: set BRIDGELOG_SHARED to the folder that holds data/timelines", dir)
	}
	return dir
}

// line is one line of a transcribed timeline.
type line struct {
	At    time.Time
	Kind  string
	Actor incident.PersonID
	Text  string
}

func (l line) event() incident.Event {
	switch l.Kind {
	case "declared":
		return incident.Declared{Number: 1, Title: l.Text, Severity: incident.SEV2, Status: incident.StatusInvestigating, Origin: incident.OriginImport}
	case "customer_update":
		return incident.PublicUpdatePublished{UpdateID: l.At.String(), Status: incident.StatusInvestigating, Message: l.Text}
	case "mitigated":
		return incident.Mitigated{Summary: l.Text}
	case "resolved":
		return incident.Resolved{From: incident.StatusInvestigating, Summary: l.Text}
	case "update":
		return incident.UpdatePosted{Text: l.Text}
	}
	return incident.NoteAdded{Text: l.Text, Label: l.Kind}
}

func TestRealTimelines(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t), "data", "timelines", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no timelines: %v", err)
	}
	for _, file := range files {
		v, lines := read(t, file)
		document := write(t, v, options())
		if found := dangers(document); len(found) != 1 {
			t.Errorf("%s: %v", file, found)
		}
		for _, l := range lines {
			if first, _, _ := strings.Cut(l.Text, "\n"); !strings.Contains(document, first) {
				t.Errorf("%s: lost %q", filepath.Base(file), first)
			}
		}
	}
}

// read folds a transcription, its declaration first.
func read(t *testing.T, file string) (*view.View, []line) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []line
	for s := bufio.NewScanner(f); s.Scan(); {
		var l line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if l.Kind == "declared" {
			lines = append([]line{l}, lines...)
			continue
		}
		lines = append(lines, l)
	}
	v := &view.View{}
	for i, l := range lines {
		r := incident.Recorded{Event: l.event(), Meta: incident.Meta{Revision: uint64(i) + 1, OccurredAt: l.At, RecordedAt: l.At, Actor: "p-ada"}}
		if err := v.Apply(r); err != nil {
			t.Fatal(err)
		}
	}
	return v, lines
}
