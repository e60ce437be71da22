package e2e_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// archived is one line of an archive of a status page.
type archived struct {
	Incident    json.RawMessage `json:"incident"`
	Maintenance json.RawMessage `json:"scheduled_maintenance"`
}

// archive reads the incidents of an archive, as they were, by id.
func archive(t *testing.T, file string) map[string]json.RawMessage {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unzip)
	lines.Buffer(nil, 4<<20)
	all := map[string]json.RawMessage{}
	for lines.Scan() {
		var line archived
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		raw := slices.Concat(line.Incident, line.Maintenance)
		var named struct{ ID string }
		if err := json.Unmarshal(raw, &named); err != nil {
			t.Fatal(err)
		}
		all[named.ID] = raw
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestImportedArchivesComeBack imports years of real pages, and reads every incident
// back by its id: the same keys in the same order, values of the same types.
func TestImportedArchivesComeBack(t *testing.T) {
	t.Parallel()
	archivesComeBack(t, "github-incidents.dev.jsonl.gz", "digitalocean-incidents.dev.jsonl.gz", "cloudflare-incidents.dev.jsonl.gz",
		"digitalocean-maintenances.dev.jsonl.gz", "cloudflare-maintenances-sample.dev.jsonl.gz")
}

// TestImportedVersionsComeBack does the same with archives that hold every version
// of an incident, of which the last one counts.
func TestImportedVersionsComeBack(t *testing.T) {
	t.Parallel()
	archivesComeBack(t, "github-incident-versions.dev.jsonl.gz", "digitalocean-incident-versions.dev.jsonl.gz", "cloudflare-incident-versions.dev.jsonl.gz")
}

// archivesComeBack imports archives into one system and reads all of them back.
func archivesComeBack(t *testing.T, names ...string) {
	t.Helper()
	dir := sharedDocuments(t)
	s := system.Up(t, system.Options{})
	for _, name := range names {
		file := filepath.Join(dir, name)
		s.Do(t, "import", "statuspage", file, "--resolve-open")
		missing := archive(t, file)
		eventually(t, func() (bool, string) {
			for id, theirs := range missing {
				ours, ok := oneIncident(t, s.Endpoints.Statuspage, id)
				if !ok {
					return false, "incident " + id + " of " + name
				}
				likeTheirs(t, id, ours, theirs)
				delete(missing, id)
			}
			return true, ""
		})
	}
	// What the sources never said was over is over to customers as well.
	eventually(t, func() (bool, string) {
		open := documentOf(t, []byte(get(t, s.Endpoints.Statuspage+"/api/v2/incidents/unresolved.json"))).Incidents
		return len(open) == 0, fmt.Sprintf("no incident to be open; %d are", len(open))
	})
}

// lastSummary is the last of the summaries in an archive.
func lastSummary(t *testing.T, file string) json.RawMessage {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(unzip)
	var line struct{ Summary json.RawMessage }
	for decoder.More() {
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
	}
	return line.Summary
}

// oneIncident reads one incident of the page.
func oneIncident(t *testing.T, page, id string) (json.RawMessage, bool) {
	t.Helper()
	answer, err := http.Get(page + "/api/v2/incidents/" + id + ".json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, false
	}
	var one struct{ Incident json.RawMessage }
	if err := json.NewDecoder(answer.Body).Decode(&one); err != nil {
		t.Fatalf("incident %s: %v", id, err)
	}
	return one.Incident, true
}

// likeTheirs compares the objects of two forms of an incident.
func likeTheirs(t *testing.T, id string, ours, theirs json.RawMessage) {
	t.Helper()
	got, want := shapeOf(t, ours), shapeOf(t, theirs)
	for _, path := range []string{"", ".incident_updates[]", ".incident_updates[].affected_components[]", ".components[]"} {
		for keys := range want[path] {
			if got[path] != nil && !hasLike(got[path], keys) {
				t.Errorf("incident %s: %s is %v, want %s", id, path, got[path], keys)
			}
		}
	}
	for path, types := range want {
		for kind := range got[path] {
			if kind[0] != '{' && !types[kind] && kind != "null" && !types["null"] {
				t.Errorf("incident %s: %s is %s, want %v", id, path, kind, types)
			}
		}
	}
}
