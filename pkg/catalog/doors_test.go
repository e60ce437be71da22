package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

func TestARefusedSourceSaysWhichThereAre(t *testing.T) {
	known := catalog.Sources()
	if !slices.IsSorted(known) || !slices.Contains(known, "heartbeat") || slices.Contains(catalog.Doors(), "heartbeat") {
		t.Errorf("sources %q", known)
	}
	for source, want := range map[string]string{"": "", "grafana": "", "grafanna": `did you mean "grafana"?`, "x": "there are alertmanager, api"} {
		if got := catalog.UnknownSource(source, known); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

// TestWhatNamesADoorThatIsGoneCanBeChanged: a silence of it can still be ended.
func TestWhatNamesADoorThatIsGoneCanBeChanged(t *testing.T) {
	b := newBench(t)
	state := b.given("{kind: Silence, name: s, spec: {match: [a=b], source: grafana, reason: r, " + fromNoon + "}}")
	silence, ok := state.Get("silence", "s")
	if !ok {
		t.Fatal("no silence")
	}
	silence.Spec.GetSilence().Source = "gone"
	ended := "{kind: Silence, name: s, spec: {match: [a=b], source: gone, reason: ended, " + fromNoon + "}}"
	if changes, err := catalog.Plan(state, b.parse(ended), b.options); err != nil || len(changes) != 1 {
		t.Errorf("planned %v, %v", changes, err)
	}
}
