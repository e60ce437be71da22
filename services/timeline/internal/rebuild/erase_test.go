package rebuild_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// pending tells whether something is to be erased.
func (w *world) pending() bool {
	w.t.Helper()
	e, err := w.store.Erasure(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return e.Pending()
}

// redacted is a world in which something was followed and then redacted.
func redacted(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	r := rand.New(rand.NewPCG(4, 5))
	id := w.Declare(incident.Declare{Title: "Slow"}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: "secret"}, logtest.Act{})
	w.follow(r)
	if w.pending() {
		t.Error("there is nothing to erase yet")
	}
	w.Redact(id, 2, logtest.Act{})
	w.follow(r)
	if !w.pending() {
		t.Error("nothing asks for an erasure")
	}
	return w
}

func TestErasureOfASmallAndOfALargeModel(t *testing.T) {
	for name, c := range map[string]struct {
		inPlace int64
		version int
	}{
		"in place": {1 << 30, 1},
		"beside":   {0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := redacted(t)
			w.rebuilder.InPlace = c.inPlace
			before := w.rows()
			if err := w.rebuilder.Erase(t.Context()); err != nil {
				t.Fatal(err)
			}
			if w.pending() || w.version() != c.version {
				t.Errorf("pending %v, version %d", w.pending(), w.version())
			}
			if after := w.rows(); !slices.Equal(before, after) {
				t.Errorf("%s", difference(before, after))
			}
			// There is nothing to do a second time, nor after a rebuild.
			if err := w.rebuilder.Erase(t.Context()); err != nil || w.version() != c.version {
				t.Errorf("version %d, %v", w.version(), err)
			}
			w.rebuilder.Bytes = 1
			if err := w.rebuilder.Run(t.Context(), nil); err != nil || w.pending() {
				t.Errorf("pending %v, %v", w.pending(), err)
			}
		})
	}
}

// TestErasureOfALargeModelThatDiffers: what keeps a rebuild from replacing it does
// not keep the redacted content there.
func TestErasureOfALargeModelThatDiffers(t *testing.T) {
	w := redacted(t)
	w.exec("update incident set revision = 77")
	w.rebuilder.InPlace = 0
	if err := w.rebuilder.Erase(t.Context()); err != nil || w.pending() || w.version() != 1 {
		t.Errorf("pending %v, version %d, %v", w.pending(), w.version(), err)
	}
}

// TestWhatWasRedactedBeforeItWasFollowed was never there.
func TestWhatWasRedactedBeforeItWasFollowed(t *testing.T) {
	w := newWorld(t)
	id := w.Declare(incident.Declare{Title: "Slow"}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: "secret"}, logtest.Act{})
	w.Redact(id, 2, logtest.Act{})
	w.follow(rand.New(rand.NewPCG(5, 6)))
	if w.pending() {
		t.Error("an erasure is asked for")
	}
}
