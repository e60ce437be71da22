package incident_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// visited returns the event whose method Accept called.
func visited(e incident.Event) string {
	var s spy
	e.Accept(&s)
	return s.name
}

// Every event type that the package defines has a method in Visitor, a line in
// the list of known types and a sample.
func TestEventsAreComplete(t *testing.T) {
	visitor := reflect.TypeFor[incident.Visitor]()
	var methods []string
	for method := range visitor.Methods() {
		methods = append(methods, method.Name)
	}
	slices.Sort(methods)

	var defined []string
	for _, name := range eventsInSource(t) {
		defined = append(defined, "Visit"+name)
	}
	slices.Sort(defined)
	if !slices.Equal(methods, defined) {
		t.Errorf("Visitor has %v\nevents are  %v", methods, defined)
	}

	samples := incidenttest.Samples()
	types := incident.Types()
	if len(types) != len(defined)-1 || len(samples) != len(types) {
		t.Fatalf("%d events (with Unrecognized), %d known types, %d samples", len(defined), len(types), len(samples))
	}
	for i, e := range samples {
		if e.Type() != types[i] {
			t.Errorf("sample %d is %s, type is %s", i, e.Type(), types[i])
		}
		name := reflect.TypeOf(e).Name()
		if want := "incident." + snake(name); e.Type() != want {
			t.Errorf("%s has type %s, want %s", name, e.Type(), want)
		}
		if got := visited(e); got != name {
			t.Errorf("%s calls Visit%s", name, got)
		}
		for j := range reflect.TypeOf(e).NumField() {
			if reflect.ValueOf(e).Field(j).IsZero() {
				t.Errorf("the sample of %s leaves %s empty", name, reflect.TypeOf(e).Field(j).Name)
			}
		}
	}
}

// eventsInSource finds the events by their Accept methods.
func eventsInSource(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("read sources: %v", err)
	}
	accept := regexp.MustCompile(`(?m)^func \((?:e )?(\w+)\) Accept\(v Visitor\)`)
	var names []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range accept.FindAllSubmatch(source, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names
}

// snake turns RoleHandedOver into role_handed_over.
func snake(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "${1}_${2}"))
}

// Every command of the package is among those that the tests go through.
func TestCommandsAreComplete(t *testing.T) {
	var tested []string
	for _, cmd := range oneOfEach() {
		tested = append(tested, reflect.TypeOf(cmd).Name())
		if want := snake(reflect.TypeOf(cmd).Name()); cmd.Name() != want {
			t.Errorf("%T is named %s, want %s", cmd, cmd.Name(), want)
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	decides := regexp.MustCompile(`(?m)^func \((?:c )?(\w+)\) decide\(`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range decides.FindAllSubmatch(source, -1) {
			if !slices.Contains(tested, string(m[1])) {
				t.Errorf("%s in %s is not tested", m[1], file)
			}
		}
	}
}

// Marks for readers that do not know a type are part of the stored form.
func TestIgnorable(t *testing.T) {
	want := []string{
		"incident.update_posted", "incident.note_added", "incident.entry_pinned", "incident.entry_hidden",
		"incident.hypothesis_added", "incident.hypothesis_tested", "incident.hypothesis_confirmed",
		"incident.hypothesis_eliminated", "incident.hypothesis_reopened", "incident.assessed", "incident.decision_made",
		"incident.impact_started", "incident.impact_ended", "incident.blast_radius_changed",
		"incident.category_changed", "incident.related",
		"incident.clock_warned", "incident.clock_breached", "incident.clock_met", "incident.legal_event_recorded", "incident.command_executed",
		"incident.check_recorded",
	}
	var got []string
	for _, e := range incidenttest.Samples() {
		if incident.Ignorable(e) {
			got = append(got, e.Type())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("ignorable: %v, want %v", got, want)
	}
}

// Passing over an ignorable event changes nothing that rules ask for, beside the
// entry itself.
func TestIgnorableEventsChangeNoState(t *testing.T) {
	for _, e := range incidenttest.Samples() {
		if !incident.Ignorable(e) {
			continue
		}
		known := fold(commanded(incident.NoteAdded{Text: "x"}, e))
		skipped := fold(commanded(incident.NoteAdded{Text: "x"}, incident.Unrecognized{Name: e.Type()}))
		a, b := outline(known), outline(skipped)
		// Its own rules ask for it; whoever passes over it does not know them.
		a.Investigation, b.Investigation = investigation{}, investigation{}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v, skipped %+v", e.Type(), a, b)
		}
	}
}
