package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
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

// What became of the histories is told although their components were refused.
func TestImportTellsOfHistoriesWhenComponentsAreRefused(t *testing.T) {
	s := newShell(t).on(start(t))
	s.intercept = func(
		ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker, options ...grpc.CallOption,
	) error {
		if strings.HasSuffix(method, "/Apply") {
			return status.Error(codes.PermissionDenied, "components are for managers")
		}
		return call(ctx, method, request, reply, conn, options...)
	}
	s.in = histories(3)
	r := s.run("import", "statuspage", "-")
	if r.code != 4 || !strings.Contains(r.err, "the components could not be added to the catalog: components are for managers") ||
		!strings.HasPrefix(r.out, "3 incidents imported") {
		t.Errorf("exit %d: says %q and %q", r.code, r.out, r.err)
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

// TestImportInterruptedHalfway presses Ctrl-C while the second call is under way:
// it is finished, the report is true, and repeating adds the rest.
func TestImportInterruptedHalfway(t *testing.T) {
	s := newShell(t).on(start(t))
	path := filepath.Join(t.TempDir(), "a.jsonl")
	if err := os.WriteFile(path, []byte(histories(900)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, press := context.WithCancel(t.Context())
	calls := 0
	s.intercept = func(
		ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker, options ...grpc.CallOption,
	) error {
		if method == incidentv1.CommandService_ImportIncidents_FullMethodName {
			if calls++; calls == 2 {
				press()
			}
		}
		return call(ctx, method, request, reply, conn, options...)
	}
	r := s.runIn(ctx, "import", "statuspage", path, "--parallel", "1")
	if r.code != 1 || !strings.Contains(r.err, "of 900 histories; repeat the command") || !strings.Contains(r.out, " incidents imported: ") {
		t.Fatalf("exit %d: %s%s", r.code, r.out, r.err)
	}
	var imported float64
	if _, err := fmt.Sscanf(r.out, "%g incidents imported", &imported); err != nil || imported < 400 || imported >= 900 {
		t.Fatalf("%v: %q imported", err, r.out)
	}
	s.intercept = nil
	if v := s.json("import", "statuspage", path); v["imported"] != 900-imported || v["existed"] != imported {
		t.Errorf("afterwards: %v, want %g more", v, 900-imported)
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

// told is one line of a transcribed timeline.
type told struct {
	At, Kind, Actor, Text string
}

// TestRealTimelinesComeBack imports transcribed timelines and reads them again: every
// line is there at its time, in order, and what was supposed, tested, confirmed and
// eliminated is so.
func TestRealTimelinesComeBack(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(shared(), "data", "timelines", "*.jsonl"))
	if len(paths) == 0 {
		t.Skip("no real timelines: set BRIDGELOG_SHARED to the folder that holds data/timelines")
	}
	s := newShell(t).on(startWhole(t))
	for n, path := range paths {
		name, number := filepath.Base(path), strconv.Itoa(n+1)
		s.ok("import", "timeline", path)
		kinds := map[string]int{}
		entries := s.json("timeline", number, "--by-time")["entries"].([]any)
		for _, l := range toldBy(t, path) {
			kinds[l.Kind]++
			if !holds(entries, l) {
				t.Errorf("%s: not there at its time: %v", name, l)
			}
		}
		inOrder(t, name, entries)
		got := map[string]int{}
		for _, h := range s.json("hypothesis", "list", number)["hypotheses"].([]any) {
			got[h.(map[string]any)["state"].(string)]++
		}
		if got["confirmed"] != kinds["confirmed"] || got["eliminated"] != kinds["eliminated"] || got["open"] > kinds["hypothesis"] {
			t.Errorf("%s: hypotheses %v of lines %v", name, got, kinds)
		}
		decided := 0
		for _, e := range entries {
			if e.(map[string]any)["type"] == "incident.decision_made" {
				decided++
			}
		}
		if decided != kinds["rollback"] {
			t.Errorf("%s: %d decisions, and %d rollbacks", name, decided, kinds["rollback"])
		}
		severity := s.json("show", number)["severity"]
		if changed := kinds["severity"] > 0; changed != (severity != "unknown") {
			t.Errorf("%s: severity %v, and %d lines that give one", name, severity, kinds["severity"])
		}
	}
}

func toldBy(t *testing.T, path string) []told {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []told
	for line := range strings.Lines(string(data)) {
		var l told
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// holds tells whether an entry says what a line does, at its time.
func holds(entries []any, l told) bool {
	at, err := time.Parse(time.RFC3339, l.At)
	return err == nil && slices.ContainsFunc(entries, func(e any) bool {
		entry := e.(map[string]any)
		when, err := time.Parse(time.RFC3339, entry["occurred_time"].(string))
		return err == nil && when.Equal(at) && strings.Contains(entry["text"].(string), l.Text)
	})
}

func inOrder(t *testing.T, name string, entries []any) {
	t.Helper()
	last := ""
	for _, e := range entries {
		when := e.(map[string]any)["occurred_time"].(string)
		if when < last {
			t.Errorf("%s: an entry of %s after one of %s", name, when, last)
		}
		last = when
	}
}
