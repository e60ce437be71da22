package cli_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func histories(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"incident": {"id": "inc%d", "name": "Slow %d", "status": "resolved", "impact": "minor", "page_id": "pg",`+
			`"created_at": "2026-03-01T10:00:00.000Z", "started_at": "2026-03-01T10:00:00.000Z", "updated_at": "2026-03-01T11:00:00.000Z",`+
			`"incident_updates": [{"id": "u%d", "status": "investigating", "body": "We look.", "created_at": "2026-03-01T10:00:00.000Z",`+
			`"updated_at": "2026-03-01T10:00:00.000Z", "display_at": "2026-03-01T10:00:00.000Z",`+
			`"affected_components": [{"code": "c1", "name": "API", "old_status": "operational", "new_status": "partial_outage"}]}]}}`+"\n", i, i, i)
	}
	return b.String()
}

func TestImportIsIdempotent(t *testing.T) {
	s := newShell(t).on(start(t))
	s.in = histories(450)
	v := s.json("import", "statuspage", "-")
	if v["imported"] != 450.0 || v["existed"] != 0.0 || v["components"] != 1.0 || v["events"].(float64) < 4*450 {
		t.Fatalf("first: %v", v)
	}
	v = s.json("import", "statuspage", "-")
	if v["imported"] != 0.0 || v["existed"] != 450.0 || v["events"] != 0.0 || v["components"] != 0.0 {
		t.Errorf("again: %v", v)
	}
	if r := s.ok("get", "component", "c1"); !strings.Contains(r.out, "API") {
		t.Errorf("component: %s", r.out)
	}
}

func TestImportSendsNothingOfABrokenFile(t *testing.T) {
	s := newShell(t).on(start(t))
	s.in = histories(3) + "{broken\n"
	s.fails(2, "input:4: ", "import", "statuspage", "-")
	r := s.run("import", "statuspage", "-")
	if !strings.Contains(r.err, "nothing was sent") {
		t.Errorf("says %q", r.err)
	}
	v := s.json("import", "statuspage", "-", "--skip-broken")
	if v["imported"] != 3.0 || len(v["skipped"].([]any)) != 1 {
		t.Errorf("skipping: %v", v)
	}
}

func TestImportDryRunNeedsNoSystem(t *testing.T) {
	s := newShell(t)
	s.in = histories(3)
	if r := s.ok("import", "statuspage", "-", "--dry-run"); !strings.Contains(r.out, "3 histories") {
		t.Errorf("says %q", r.out)
	}
}

// TestImportInterrupted ends before it begins; the report and the sentence say
// that repeating is safe.
func TestImportInterrupted(t *testing.T) {
	s := newShell(t).on(start(t))
	path := filepath.Join(t.TempDir(), "a.jsonl")
	if err := os.WriteFile(path, []byte(histories(900)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := s.runIn(ctx, "import", "statuspage", path)
	if r.code != 1 || !strings.Contains(r.err, "interrupted") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	if v := s.json("import", "statuspage", path); v["imported"] != 900.0 {
		t.Errorf("afterwards: %v", v)
	}
}

func shared() string {
	if dir := os.Getenv("BRIDGELOG_SHARED"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "..", "..", "shared")
}

// TestImportOfRealHistories imports everything real, file by file and then all of
// it again: nothing is refused, and the second time nothing is written.
func TestImportOfRealHistories(t *testing.T) {
	pages, _ := filepath.Glob(filepath.Join(shared(), "data", "statuspage", "*"))
	timelines, _ := filepath.Glob(filepath.Join(shared(), "data", "timelines", "*"))
	if len(pages)+len(timelines) == 0 {
		t.Skip("no real histories: set BRIDGELOG_SHARED to the folder that holds data")
	}
	s := newShell(t).on(start(t))
	total, seconds := 0.0, 0.0
	for round := range 2 {
		for kind, paths := range map[string][]string{"statuspage": pages, "timeline": timelines} {
			for _, path := range paths {
				if strings.HasSuffix(path, "webhook-component.json") {
					continue
				}
				v := s.json("import", kind, path)
				if refused := v["refused"].([]any); len(refused) > 0 {
					t.Errorf("%s: %d refused, the first: %v", filepath.Base(path), len(refused), refused[0])
				}
				total += v["events"].(float64)
				seconds += v["seconds"].(float64)
				if round == 1 && v["imported"] != 0.0 {
					t.Errorf("%s again: %v imported", filepath.Base(path), v["imported"])
				}
				if round == 0 {
					t.Logf("%s: %v imported, %v existed, %v grown, %v events", filepath.Base(path), v["imported"], v["existed"], v["grown"], v["events"])
				}
			}
		}
		t.Logf("round %d: %.0f events in %.2f s", round, total, seconds)
	}
}
