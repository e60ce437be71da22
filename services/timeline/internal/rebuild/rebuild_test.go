package rebuild_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
)

// histories is how many random histories are tried.
const histories = 8

// TestLiveIsRebuilt: whatever happened, in whatever batches it was followed, with
// whatever was redacted before or after it was followed, and however little memory
// a rebuild has: it makes the same rows.
func TestLiveIsRebuilt(t *testing.T) {
	for seed := range uint64(histories) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t)
			r := rand.New(rand.NewPCG(seed, 1))
			for range 3 {
				w.Random(r, 60)
				if r.IntN(2) == 0 {
					w.follow(r)
				}
			}
			w.follow(r)
			before := w.rows()
			w.complete(before)
			w.rebuilder.Bytes = []int{0, 1, 20_000}[seed%3]
			var phases []rebuild.Phase
			err := w.rebuilder.Run(t.Context(), func(p rebuild.Progress) {
				if len(phases) == 0 || phases[len(phases)-1] != p.Phase {
					phases = append(phases, p.Phase)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if after := w.rows(); !slices.Equal(before, after) {
				t.Errorf("%s", difference(before, after))
			}
			if w.version() != 2 || !slices.Equal(phases, []rebuild.Phase{rebuild.Fold, rebuild.Index, rebuild.Compare, rebuild.Swung, rebuild.Search, rebuild.Done}) {
				t.Errorf("version %d, phases %v", w.version(), phases)
			}
			// What follows is followed alike in the new version.
			w.Random(r, 20)
			w.follow(r)
			w.rebuilder.Bytes = 1
			before = w.rows()
			if err := w.rebuilder.Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if after := w.rows(); !slices.Equal(before, after) {
				t.Errorf("the second time: %s", difference(before, after))
			}
		})
	}
}

// complete fails the test when the rows are fewer than the history must have made.
func (w *world) complete(rows []string) {
	w.t.Helper()
	for table, least := range map[string]int{"incident ": 5, "entry ": 150, "words ": 40} {
		n := 0
		for _, r := range rows {
			if strings.HasPrefix(r, table) {
				n++
			}
		}
		if n < least {
			w.t.Errorf("only %d rows of %s", n, table)
		}
	}
}

// difference shows the first rows that differ.
func difference(before, after []string) string {
	for i := range min(len(before), len(after)) {
		if before[i] != after[i] {
			return "live:\n" + before[i] + "\nrebuilt:\n" + after[i]
		}
	}
	return fmt.Sprintf("%d rows live, %d rebuilt", len(before), len(after))
}

// TestALiveVersionThatIsWrongStays until somebody has looked: the rebuild names
// what differs and leaves nothing behind.
func TestALiveVersionThatIsWrongStays(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(1, 2))
	w.Random(r, 60)
	w.follow(r)
	w.exec("update entry set headline = 'wrong' where incident_id = 'inc00002' and revision = 1")
	err := w.rebuilder.Run(t.Context(), nil)
	different, ok := errors.AsType[*rebuild.DifferentError](err)
	if !ok || !slices.Equal(different.Incidents, []string{"inc00002"}) || !strings.Contains(err.Error(), "inc00002") {
		t.Fatalf("err = %v", err)
	}
	if w.version() != 1 || w.rebuilder.Progress() != nil {
		t.Errorf("version %d, progress %v", w.version(), w.rebuilder.Progress())
	}
	if left := query[string](w, "select nspname::text from pg_namespace where nspname ~ '^timeline_v'"); !slices.Equal(left, []string{"timeline_v1"}) {
		t.Errorf("schemas %v", left)
	}
	// Overtaking does not ask the live version.
	if err := w.rebuilder.Overtake(t.Context(), nil); err != nil || w.version() != 2 {
		t.Errorf("version %d, %v", w.version(), err)
	}
}

func TestARebuildThatIsGivenUpLeavesTheLiveVersion(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(2, 3))
	w.Random(r, 60)
	w.follow(r)
	for _, phase := range []rebuild.Phase{rebuild.Fold, rebuild.Index, rebuild.Compare} {
		ctx, cancel := context.WithCancel(t.Context())
		err := w.rebuilder.Run(ctx, func(p rebuild.Progress) {
			if p.Phase == phase {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) || w.version() != 1 {
			t.Errorf("phase %d: version %d, %v", phase, w.version(), err)
		}
	}
	if err := w.rebuilder.Run(t.Context(), nil); err != nil || w.version() != 2 {
		t.Errorf("version %d, %v", w.version(), err)
	}
}

func TestOneRebuildAtATime(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(3, 4))
	w.Random(r, 30)
	w.follow(r)
	err := w.rebuilder.Run(t.Context(), func(p rebuild.Progress) {
		if p.Phase != rebuild.Index || p.Done > 0 {
			return
		}
		if err := w.rebuilder.Run(t.Context(), nil); !errors.Is(err, rebuild.ErrRunning) {
			t.Errorf("a second one: %v", err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
