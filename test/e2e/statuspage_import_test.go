package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// sharedDocuments is where real documents of status pages are, or skips the test.
func sharedDocuments(t *testing.T) string {
	t.Helper()
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join(system.Root(), "..", "shared")
	}
	dir := filepath.Join(root, "data", "statuspage")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the real documents are not on this machine: set BRIDGELOG_SHARED (%v)", err)
	}
	return dir
}

// shape is what a document is like at one path: the keys of an object in their
// order, or the types of a value.
type shape map[string]map[string]bool

// shapeOf collects the shapes of a JSON document. Elements of a list share a path,
// and groups of components, which have one key more, have one of their own.
func shapeOf(t *testing.T, data []byte) shape {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	out := shape{}
	add := func(path, what string) {
		if out[path] == nil {
			out[path] = map[string]bool{}
		}
		out[path][what] = true
	}
	var walk func(path string)
	walk = func(path string) {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch v := token.(type) {
		case json.Delim:
			var keys []string
			for decoder.More() {
				if v == '[' {
					walk(path + "[]")
					continue
				}
				key, err := decoder.Token()
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, key.(string))
				walk(path + "." + key.(string))
			}
			if _, err := decoder.Token(); err != nil {
				t.Fatal(err)
			}
			if v == '{' {
				add(path, "{"+strings.Join(keys, ",")+"}")
			} else {
				add(path, "list")
			}
		case nil:
			add(path, "null")
		default:
			add(path, fmt.Sprintf("%T", v))
		}
	}
	walk("")
	return out
}

// optional are keys that not all documents have: one came in September 2023, and
// groups alone have the other.
func without(what string, keys ...string) string {
	for _, k := range keys {
		what = strings.ReplaceAll(strings.ReplaceAll(what, ","+k+"}", "}"), ","+k+",", ",")
	}
	return what
}

// TestImportedSummariesComeBack imports real summaries and reads them back: the same
// keys in the same order, with values of the same types, and every incident with
// the ids, the names and the texts that it had.
func TestImportedSummariesComeBack(t *testing.T) {
	t.Parallel()
	dir := sharedDocuments(t)
	for _, name := range []string{
		"github-summary-2022-03-25-maintenances.json", "github-summary-2026-02-09-three-incidents.json", "instructure-summary-groups.json",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			theirs, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			s := system.Up(t, system.Options{})
			s.Do(t, "import", "statuspage", filepath.Join(dir, name))
			want := documentOf(t, theirs)
			var ours []byte
			eventually(t, func() (bool, string) {
				ours = []byte(get(t, s.Endpoints.Statuspage+"/api/v2/summary.json"))
				got := documentOf(t, ours)
				return len(got.Incidents) == len(want.Incidents) && len(got.Maintenances) == len(want.Maintenances) && len(got.Components) == len(want.Components),
					fmt.Sprintf("all incidents and components: %d, %d and %d", len(want.Incidents), len(want.Maintenances), len(want.Components))
			})
			sameShape(t, shapeOf(t, ours), shapeOf(t, theirs))
			sameContent(t, documentOf(t, ours), want)
		})
	}
}

// TestImportedComponentsComeBack imports the real list of a page with 539 components.
func TestImportedComponentsComeBack(t *testing.T) {
	t.Parallel()
	theirs, err := os.ReadFile(filepath.Join(sharedDocuments(t), "duo-components-539.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := system.Up(t, system.Options{})
	s.Do(t, "import", "statuspage", filepath.Join(sharedDocuments(t), "duo-components-539.json"))
	want := documentOf(t, theirs)
	var ours []byte
	eventually(t, func() (bool, string) {
		ours = []byte(get(t, s.Endpoints.Statuspage+"/api/v2/components.json"))
		got := len(documentOf(t, ours).Components)
		return got == len(want.Components), fmt.Sprintf("%d components; there are %d", len(want.Components), got)
	})
	sameShape(t, shapeOf(t, ours), shapeOf(t, theirs))
	sameContent(t, documentOf(t, ours), want)
}

// TestImportedSnapshotsComeBack imports what a page said over two years, and reads
// back what it said last.
func TestImportedSnapshotsComeBack(t *testing.T) {
	t.Parallel()
	file := filepath.Join(sharedDocuments(t), "github-summary-snapshots.dev.jsonl.gz")
	theirs := lastSummary(t, file)
	s := system.Up(t, system.Options{})
	s.Do(t, "import", "statuspage", file, "--resolve-open")
	want := documentOf(t, theirs)
	var ours []byte
	eventually(t, func() (bool, string) {
		ours = []byte(get(t, s.Endpoints.Statuspage+"/api/v2/summary.json"))
		got := len(documentOf(t, ours).Components)
		return got >= len(want.Components), fmt.Sprintf("%d components; there are %d", len(want.Components), got)
	})
	sameShape(t, shapeOf(t, ours), shapeOf(t, theirs))
}

// sameShape checks that everything in theirs is in ours, and alike.
func sameShape(t *testing.T, ours, theirs shape) {
	t.Helper()
	for path, wants := range theirs {
		if ours[path] == nil {
			t.Errorf("our document has no %s", path)
			continue
		}
		for want := range wants {
			if !strings.HasPrefix(want, "{") {
				// A type that they have somewhere we need not have in this document,
				// but we may have no other.
				continue
			}
			if got := ours[path]; !got[want] && !hasLike(got, want) {
				t.Errorf("%s: ours has %v, theirs %s", path, got, want)
			}
		}
		for got := range ours[path] {
			if !strings.HasPrefix(got, "{") && !wants[got] && got != "null" && !wants["null"] {
				t.Errorf("%s: ours is %s, theirs %v", path, got, wants)
			}
		}
	}
}

func hasLike(all map[string]bool, want string) bool {
	for got := range all {
		if without(got, "reminder_intervals", "components") == without(want, "reminder_intervals", "components") {
			return true
		}
	}
	return false
}

// document is what a summary says.
type document struct {
	Components   []documentComponent
	Incidents    []documentIncident
	Maintenances []documentIncident `json:"scheduled_maintenances"`
}

type documentComponent struct {
	ID, Name, Description string
	Position              int
	Group                 bool
	GroupID               string `json:"group_id"`
}

type documentIncident struct {
	ID, Name, Status, Impact string
	Updates                  []struct{ ID, Status, Body string } `json:"incident_updates"`
}

func documentOf(t *testing.T, data []byte) (d document) {
	t.Helper()
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatalf("%v\n%.300s", err, data)
	}
	return d
}

func sameContent(t *testing.T, ours, theirs document) {
	t.Helper()
	plain := func(s string) string {
		return strings.TrimSpace(strings.NewReplacer("<br />", "\n", "<br/>", "\n", "\r\n", "\n", "&#39;", "'", "&#34;", `"`, "&quot;", `"`, "&amp;", "&").Replace(s))
	}
	for _, lists := range [][2][]documentIncident{{ours.Incidents, theirs.Incidents}, {ours.Maintenances, theirs.Maintenances}} {
		for _, want := range lists[1] {
			at := slices.IndexFunc(lists[0], func(i documentIncident) bool { return i.ID == want.ID })
			if at < 0 {
				t.Errorf("incident %s is missing", want.ID)
				continue
			}
			got := lists[0][at]
			if got.Name != want.Name || got.Status != want.Status || got.Impact != want.Impact || len(got.Updates) != len(want.Updates) {
				t.Errorf("incident %+v\nwant %+v", got, want)
				continue
			}
			for n, u := range want.Updates {
				if g := got.Updates[n]; g.ID != u.ID || g.Status != u.Status || plain(g.Body) != plain(u.Body) {
					t.Errorf("update %d of %s: %+v\nwant %+v", n, want.ID, g, u)
				}
			}
		}
	}
	for _, want := range theirs.Components {
		if !slices.Contains(ours.Components, want) {
			t.Errorf("component %+v is not there as it was", want)
		}
	}
	if !slices.IsSortedFunc(ours.Components, func(a, b documentComponent) int { return a.Position - b.Position }) {
		t.Error("components are not in the order of their positions")
	}
}
