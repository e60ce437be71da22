package statuspage_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/services/notifier/internal/statuspage"
)

const summary = `{"page":{"id":"p","name":"ACME  Cloud","url":"https://status.acme.example"},
"components":[
 {"id":"g","name":"Europe","status":"major_outage","group":true,"components":["a"]},
 {"id":"a","name":"Storage","status":"partial_outage","updated_at":"2026-03-01T13:01:00.000Z","group":false},
 {"id":"b","name":"API","status":"degraded_performance","updated_at":"2026-03-01T05:31:00.000-07:00"},
 {"id":"c","name":"Console","status":"operational","updated_at":"2026-01-01T00:00:00.000Z"},
 {"id":"d","name":"Mail","status":"new_status_of_later"}],
"incidents":[
 {"name":"Disks are slow","status":"investigating","impact":"none","shortlink":"https://stspg.io/x","started_at":"2026-03-01T12:55:00.000Z","components":[{"id":"a"}]},
 {"name":"Console logs out","status":"monitoring","impact":"minor","created_at":"2026-03-01T11:00:00.000Z","components":[{"id":"c"}]},
 {"name":"Over","status":"resolved","impact":"critical","components":[{"id":"d"}]}],
"status":{"indicator":"minor","description":"x"}}`

func TestTrouble(t *testing.T) {
	s, err := statuspage.Parse([]byte(summary))
	if err != nil {
		t.Fatal(err)
	}
	if s.Page.Name != "ACME Cloud" {
		t.Errorf("the page is %+v", s.Page)
	}
	at := func(clock string) time.Time {
		when, err := time.Parse(time.RFC3339, "2026-03-01T"+clock+":00Z")
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct {
		components []string
		words      string
		since      time.Time
		link       string
		incidents  string
	}{
		{nil, "partial outage of Storage and API", at("11:00"), "https://stspg.io/x", "Disks are slow|Console logs out"},
		{[]string{"storage"}, "partial outage of Storage", at("12:55"), "https://stspg.io/x", "Disks are slow"},
		{[]string{"b"}, "degraded performance of API", at("12:31"), "https://status.acme.example", ""},
		{[]string{"Console"}, "an incident", at("11:00"), "https://status.acme.example", "Console logs out"},
		{[]string{"Mail"}, "", time.Time{}, "", ""},
		{[]string{"nothing of theirs"}, "", time.Time{}, "", ""},
	} {
		got := s.Of(tt.components)
		if got.Any() != (tt.words != "") || got.Any() && got.Words() != tt.words || !got.Since.Equal(tt.since) || got.Link != tt.link || strings.Join(got.Incidents, "|") != tt.incidents {
			t.Errorf("%v: %+v", tt.components, got)
		}
	}
	if missing := s.Missing([]string{"API", "nothing of theirs"}); !slices.Equal(missing, []string{"nothing of theirs"}) {
		t.Errorf("missing %q", missing)
	}
}

func TestWhatIsNoSummary(t *testing.T) {
	for _, text := range []string{"", "<html>", "{}", `{"page":{}}`, `{"components":[]}`, `{"page":{},"components":{}}`, `[]`, "null"} {
		if _, err := statuspage.Parse([]byte(text)); !errors.Is(err, statuspage.ErrNotSummary) {
			t.Errorf("%q: %v", text, err)
		}
	}
	many := `{"page":{},"components":[` + strings.TrimSuffix(strings.Repeat(`{},`, 5001), ",") + `]}`
	if _, err := statuspage.Parse([]byte(many)); !errors.Is(err, statuspage.ErrNotSummary) {
		t.Errorf("too many components: %v", err)
	}
}

func shared(t *testing.T) string {
	t.Helper()
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "statuspage")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the real pages are not on this machine: %v", err)
	}
	return dir
}

// TestRealPages reads thousands of real documents: there is trouble with a component
// exactly when the page itself says so.
func TestRealPages(t *testing.T) {
	file, err := os.Open(filepath.Join(shared(t), "github-summary-snapshots.dev.jsonl.gz"))
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 16<<20)
	read, troubled := 0, 0
	for lines.Scan() {
		var line struct{ Summary json.RawMessage }
		var says struct{ Status struct{ Indicator string } }
		if json.Unmarshal(lines.Bytes(), &line) != nil || json.Unmarshal(line.Summary, &says) != nil || len(line.Summary) == 0 {
			continue
		}
		s, err := statuspage.Parse(line.Summary)
		if err != nil {
			t.Fatalf("%v: %.300s", err, line.Summary)
		}
		got := s.Of(nil)
		if ill := got.Status != statuspage.Operational; ill != (says.Status.Indicator != "none") {
			t.Errorf("the page says %s, and we %q", says.Status.Indicator, got.Words())
		}
		if got.Any() {
			troubled++
			if got.Since.IsZero() {
				t.Errorf("since when? %.300s", line.Summary)
			}
		}
		read++
	}
	if read < 100 || troubled == 0 || lines.Err() != nil {
		t.Errorf("read %d documents, %d with trouble, %v", read, troubled, lines.Err())
	}
}

func FuzzParse(f *testing.F) {
	f.Add(summary, "Storage")
	f.Add(`{"page":{"name":"\u0000\ufffd","url":"javascript:x"},"components":[{"name":"`+strings.Repeat("ä", 300)+`","status":"major_outage","updated_at":"0000-01-01T00:00:00Z"}],"incidents":[{}]}`, "")
	f.Fuzz(func(t *testing.T, text, component string) {
		s, err := statuspage.Parse([]byte(text))
		if err != nil {
			return
		}
		for _, components := range [][]string{nil, {component}} {
			got := s.Of(components)
			if len(got.Components) > statuspage.MaxNamed || len(got.Incidents) > statuspage.MaxNamed || len(got.Words()) > 4096 {
				t.Fatalf("much: %+v", got)
			}
			if got.Any() && (!utf8.ValidString(got.Words()) || got.Words() == "") {
				t.Fatalf("says %q", got.Words())
			}
			if got.Link != "" && !strings.HasPrefix(got.Link, "http") || !got.Any() && len(got.Components) > 0 {
				t.Fatalf("%+v", got)
			}
			if y := got.Since.Year(); !got.Since.IsZero() && (y < 1970 || y > 9999) {
				t.Fatalf("since %v", got.Since)
			}
		}
	})
}
