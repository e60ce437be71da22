package record_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// update writes testdata/golden/v1 anew. Once a version is released its folder
// stays as it is for ever; a changed stored form gets a folder of its own.
var update = flag.Bool("update", false, "write the golden files of the stored form")

const current = "v1"

// golden is the stored form of one event. Bytes are base64 in JSON.
type golden struct {
	Type      string          `json:"type"`
	Ignorable bool            `json:"ignorable"`
	Facts     []byte          `json:"facts"`
	Content   []byte          `json:"content"`
	Event     json.RawMessage `json:"event"`
}

func equal(a, b incident.Event) bool { return reflect.DeepEqual(a, b) }

// What this version writes is what the golden files of its form say.
func TestStoredFormStays(t *testing.T) {
	for _, e := range incidenttest.Samples() {
		path := filepath.Join("testdata", "golden", current, e.Type()+".json")
		d, err := record.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		event, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.MarshalIndent(golden{d.Type, d.Ignorable, d.Facts, d.Content, event}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			write(t, path, append(want, '\n'))
		}
		got := load(t, path)
		if string(got.Facts) != string(d.Facts) || string(got.Content) != string(d.Content) || got.Ignorable != d.Ignorable {
			t.Errorf("%s is stored differently from %s: was that meant? Then run the test with -update", e.Type(), path)
		}
	}
}

// What any version wrote is read as it was meant.
func TestStoredFormsOfAllVersionsAreRead(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "golden", "*", "*.json"))
	if err != nil || len(paths) < len(incident.Types()) {
		t.Fatalf("%d golden files for %d types, %v", len(paths), len(incident.Types()), err)
	}
	kinds := map[string]reflect.Type{}
	for _, e := range incidenttest.Samples() {
		kinds[e.Type()] = reflect.TypeOf(e)
	}
	for _, path := range paths {
		g := load(t, path)
		want := reflect.New(kinds[g.Type])
		if err := json.Unmarshal(g.Event, want.Interface()); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got, err := record.Decode(envelope(t, chain.Draft{Type: g.Type, Facts: g.Facts, Content: g.Content, Ignorable: g.Ignorable}))
		if err != nil || !reflect.DeepEqual(got.Event, want.Elem().Interface()) {
			t.Errorf("%s: read %#v, %v; want %#v", path, got.Event, err, want.Elem())
		}
	}
}

func load(t *testing.T, path string) golden {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("no golden file; a new event needs one, run the test with -update: %v", err)
	}
	var g golden
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return g
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
