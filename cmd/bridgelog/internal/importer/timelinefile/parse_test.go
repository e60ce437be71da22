package timelinefile_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer/timelinefile"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const sample = `{"at": "2026-03-01T10:00:00+01:00", "kind": "note", "actor": "deployer", "text": "Release 7 goes out."}
{"at": "2026-03-01T09:20:00Z", "kind": "declared", "actor": "on-call", "text": "Checkout fails.", "source": "doc.md"}

{"at": "2026-03-01T09:21:00Z", "kind": "severity", "actor": "on-call", "text": "Priority is P1."}
{"at": "2026-03-01T09:22:00Z", "kind": "acknowledged", "actor": "on-call", "text": "I have it."}
{"at": "2026-03-01T09:30:00Z", "kind": "Wild Guess!", "actor": "dev", "text": "The pool is full.", "approx": true}
{"at": "2026-03-01T09:40:00Z", "kind": "mitigated", "actor": "dev", "text": "Rolled back."}
{"at": "2026-03-01T09:41:00Z", "kind": "mitigated", "actor": "dev", "text": "Still fine."}
{"at": "2026-03-01T09:50:00Z", "kind": "resolved", "actor": "on-call", "text": "Over."}
{"at": "2026-03-01T10:50:00Z", "kind": "customer_update", "actor": "on-call", "text": "Customers were told."}
`

func parse(t *testing.T, text string) importer.Batch {
	t.Helper()
	batch, err := timelinefile.Parse(strings.NewReader(text), timelinefile.Options{Name: "checkout-fails"})
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestParse(t *testing.T) {
	batch := parse(t, sample)
	if len(batch.Histories) != 1 || len(batch.Problems) != 0 {
		t.Fatalf("%d histories, problems %v", len(batch.Histories), batch.Problems)
	}
	h := batch.Histories[0]
	d := h.GetDeclare()
	if d.GetTitle() != "checkout fails" || d.GetSummary() != "on-call: Checkout fails.\n\nSource: doc.md" ||
		d.GetExternal().GetSystem() != "timeline" || d.GetExternal().GetId() != "checkout-fails" ||
		!d.GetOccurredAt().AsTime().Equal(time.Date(2026, 3, 1, 9, 20, 0, 0, time.UTC)) {
		t.Errorf("declaration %v", d)
	}
	steps := h.GetSteps()
	if len(steps) != 9 {
		t.Fatalf("%d steps, want 9: %v", len(steps), steps)
	}
	if n := steps[0].GetAddNote(); n.GetText() != "Release 7 goes out." || n.GetAuthor() != "deployer" || n.GetLabel() != "" ||
		n.GetOccurredAt().AsTime().Hour() != 9 {
		t.Errorf("before the declaration: %v", n)
	}
	if s := steps[1].GetChangeSeverity(); s.GetSeverity() != incidentv1.Severity_SEVERITY_SEV1 {
		t.Errorf("severity: %v", s)
	}
	if steps[2].GetAcknowledgeIncident() == nil || steps[3].GetAddNote().GetText() != "I have it." {
		t.Errorf("acknowledged: %v, %v", steps[2], steps[3])
	}
	if n := steps[4].GetAddNote(); n.GetLabel() != "wild_guess" || n.GetText() != "The pool is full. (the time is approximate)" {
		t.Errorf("unknown kind: %v", n)
	}
	if m := steps[5].GetMitigateIncident(); m.GetSummary() != "dev: Rolled back." {
		t.Errorf("mitigated: %v", m)
	}
	if n := steps[6].GetAddNote(); n.GetText() != "dev: Still fine." {
		t.Errorf("mitigated again: %v", n)
	}
	if r := steps[7].GetResolveIncident(); r.GetSummary() != "on-call: Over." {
		t.Errorf("resolved: %v", r)
	}
	if n := steps[8].GetAddNote(); n.GetLabel() != "customer_update" {
		t.Errorf("customers told: %v", n)
	}
}

func TestGzipIsTheSame(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(sample)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if a, b := parse(t, sample), parse(t, packed.String()); !proto.Equal(a.Histories[0], b.Histories[0]) {
		t.Error("the packed file reads differently")
	}
}

func TestBrokenLinesAreNamed(t *testing.T) {
	batch := parse(t, sample+"{\n"+`{"at": "yesterday", "kind": "note", "text": "x"}`+"\n"+`{"kind": "note", "text": "x"}`+"\n")
	var lines []int
	for _, p := range batch.Problems {
		lines = append(lines, p.Line)
	}
	if len(lines) != 3 || lines[0] != 11 || lines[1] != 12 || lines[2] != 13 {
		t.Errorf("problems %v", batch.Problems)
	}
	for _, text := range []string{"not json\n", "{}\n"} {
		if _, err := timelinefile.Parse(strings.NewReader(text), timelinefile.Options{Name: "x"}); !errors.Is(err, timelinefile.ErrNothing) {
			t.Errorf("%q: %v, want ErrNothing", text, err)
		}
	}
	if _, err := timelinefile.Parse(strings.NewReader(" \n"), timelinefile.Options{Name: "x"}); !errors.Is(err, importer.ErrEmpty) {
		t.Errorf("empty file: %v", err)
	}
}

func TestNameOf(t *testing.T) {
	for path, want := range map[string]string{"/a/b/x-1.jsonl.gz": "x-1", "x.json": "x", "-": "-", "": "timeline"} {
		if got := timelinefile.NameOf(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func TestTitlesKeepDates(t *testing.T) {
	line := `{"at": "2026-03-01T10:00:00Z", "kind": "note", "text": "Slow."}`
	for name, want := range map[string]string{
		"moj-2023-01-11-dockerhub_password": "moj 2023-01-11 dockerhub password", "checkout-502": "checkout 502", "-": "Slow.",
	} {
		batch, err := timelinefile.Parse(strings.NewReader(line), timelinefile.Options{Name: name})
		if err != nil || batch.Histories[0].GetDeclare().GetTitle() != want {
			t.Errorf("%q: %q, %v; want %q", name, batch.Histories[0].GetDeclare().GetTitle(), err, want)
		}
	}
}

// TestRealTimelines reads every timeline of the optional data folder.
func TestRealTimelines(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(shared(), "data", "timelines", "*.jsonl*"))
	if err != nil || len(paths) == 0 {
		t.Skip("no real timelines: set BRIDGELOG_SHARED to the folder that holds data/timelines")
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		batch, err := timelinefile.Parse(bytes.NewReader(data), timelinefile.Options{Name: timelinefile.NameOf(path)})
		if err != nil || len(batch.Problems) > 0 || len(batch.Histories) != 1 {
			t.Errorf("%s: %v, %v", filepath.Base(path), err, batch.Problems)
			continue
		}
		if got, lines := len(batch.Histories[0].GetSteps())+1, bytes.Count(data, []byte("\n")); got < lines {
			t.Errorf("%s: %d acts from %d lines", filepath.Base(path), got, lines)
		}
	}
}

func shared() string {
	if dir := os.Getenv("BRIDGELOG_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "..", "..", "..", "shared")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"at":"2026-03-01T09:20:00Z","kind":"severity","text":"sev 2"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		batch, err := timelinefile.Parse(bytes.NewReader(data), timelinefile.Options{Name: "fuzz"})
		if err != nil {
			return
		}
		for _, h := range batch.Histories {
			if _, err := proto.Marshal(h); err != nil {
				t.Errorf("not valid on the wire: %v", err)
			}
			if h.GetDeclare().GetTitle() == "" || h.GetDeclare().GetOccurredAt() == nil {
				t.Errorf("declaration %v", h.GetDeclare())
			}
		}
	})
}
