package suspect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
	"github.com/bridgelog/bridgelog/services/timeline/internal/suspect"
)

func start() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

// asked is an incident of checkout, which needs payments, which needs db.
func asked() suspect.Question {
	g := servicegraph.New(map[string][]string{"checkout": {"payments"}, "payments": {"db"}})
	return suspect.Question{Start: start(), Window: 24 * time.Hour, Ways: g.Needs([]string{"checkout"})}
}

func deployed(id, service string, before time.Duration) suspect.Change {
	return suspect.Change{ID: id, Kind: change.Deployment, Outcome: change.Succeeded, Service: service, Began: start().Add(-before)}
}

func with(c suspect.Change, kind change.Kind, outcome change.Outcome) suspect.Change {
	c.Kind, c.Outcome = kind, outcome
	return c
}

func ids(found []suspect.Suspect) string {
	var out []string
	for _, s := range found {
		out = append(out, s.ID)
	}
	return strings.Join(out, " ")
}

func TestTheLikeliestFirst(t *testing.T) {
	none := asked()
	none.Ways = nil
	for name, c := range map[string]struct {
		given     suspect.Question
		changes   []suspect.Change
		incidents []suspect.Incident
		want      string
	}{
		"nothing was changed": {given: asked()},
		"the nearer in time":  {given: asked(), changes: []suspect.Change{deployed("old", "checkout", 9*time.Hour), deployed("new", "checkout", 5*time.Minute)}, want: "new old"},
		"the own service first": {
			given: asked(), want: "own near far",
			changes: []suspect.Change{deployed("far", "db", 5*time.Minute), deployed("own", "checkout", 5*time.Minute), deployed("near", "payments", 5*time.Minute)},
		},
		"what failed first": {
			given: asked(), want: "failed running fine",
			changes: []suspect.Change{
				deployed("fine", "checkout", time.Hour), with(deployed("failed", "checkout", time.Hour), change.Deployment, change.Failed),
				with(deployed("running", "checkout", time.Hour), change.Deployment, change.Started),
			},
		},
		"a deployment before a rollback": {
			given: asked(), want: "deploy rollback other",
			changes: []suspect.Change{
				with(deployed("other", "checkout", time.Hour), change.Other, change.Succeeded),
				with(deployed("rollback", "checkout", time.Hour), change.Rollback, change.Succeeded), deployed("deploy", "checkout", time.Hour),
			},
		},
		"not what came after, before the window, of others, or is planned": {
			given: asked(), want: "at-the-start",
			changes: []suspect.Change{
				deployed("after", "checkout", -time.Second), deployed("long-ago", "checkout", 25*time.Hour), deployed("others", "mail", time.Minute),
				with(deployed("planned", "checkout", time.Minute), change.Deployment, change.Planned), deployed("at-the-start", "checkout", 0),
			},
		},
		"every service when none is named": {given: none, changes: []suspect.Change{deployed("a", "mail", time.Minute), deployed("b", "", time.Hour)}, want: "a b"},
		"open incidents of what is needed": {
			given: asked(), want: "payments db deploy",
			changes: []suspect.Change{deployed("deploy", "db", 20*time.Hour)},
			incidents: []suspect.Incident{
				{ID: "db", Services: []string{"db"}},
				{ID: "payments", Services: []string{"db", "payments"}},
				{ID: "own", Services: []string{"checkout"}},
				{ID: "others", Services: []string{"mail"}},
			},
		},
	} {
		if got := ids(suspect.Rank(c.given, c.changes, c.incidents)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestReasonsAreInWords(t *testing.T) {
	got := suspect.Rank(asked(), []suspect.Change{with(deployed("x", "db", 90*time.Minute), change.Migration, change.Failed)}, nil)[0]
	want := []string{
		"took effect 1 h 30 min before the start", "failed", "concerns db, on which checkout depends (checkout → payments → db)", "is a migration",
	}
	if !slices.Equal(got.Reasons, want) {
		t.Errorf("reasons %q", got.Reasons)
	}
	if strings.Join(got.Way, " ") != "checkout payments db" {
		t.Errorf("way %v", got.Way)
	}
	none := asked()
	none.Ways = nil
	got = suspect.Rank(none, []suspect.Change{deployed("x", "db", 3*time.Second)}, nil)[0]
	if !slices.Contains(got.Reasons, "the incident names no service, so every change counts") || got.Way != nil ||
		!slices.Contains(got.Reasons, "took effect less than a minute before the start") {
		t.Errorf("without services: %+v", got)
	}
}

func anyChange() *rapid.Generator[suspect.Change] {
	return rapid.Custom(func(t *rapid.T) suspect.Change {
		return suspect.Change{
			ID:      rapid.StringMatching(`[a-f0-9]{8}`).Draw(t, "id"),
			Kind:    change.Kind(rapid.IntRange(0, 6).Draw(t, "kind")),
			Outcome: change.Outcome(rapid.IntRange(0, 5).Draw(t, "outcome")),
			Service: rapid.SampledFrom([]string{"checkout", "payments", "db", "mail"}).Draw(t, "service"),
			Began:   start().Add(-time.Duration(rapid.Int64Range(-3600, 90000).Draw(t, "seconds")) * time.Second),
		}
	})
}

// TestRankingIsSound: suspects are among what was given, weigh 0 to 100, say why, stand in
// order, and their order does not depend on that of the changes.
func TestRankingIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := rapid.SliceOfNDistinct(anyChange(), 0, 12, func(c suspect.Change) string { return c.ID }).Draw(t, "changes")
		found := suspect.Rank(asked(), changes, nil)
		last := 101
		for _, s := range found {
			i := slices.IndexFunc(changes, func(c suspect.Change) bool { return c.ID == s.ID })
			if c := changes[i]; c.Began.After(start()) || c.Service == "mail" || c.Outcome == change.Planned {
				t.Fatalf("suspected: %+v", c)
			}
			if s.Weight < 0 || s.Weight > last || len(s.Reasons) == 0 || slices.Contains(s.Reasons, "") {
				t.Fatalf("after one of %d: %+v", last, s)
			}
			last = s.Weight
		}
		shuffled := rapid.Permutation(changes).Draw(t, "shuffled")
		if a, b := ids(found), ids(suspect.Rank(asked(), shuffled, nil)); a != b {
			t.Fatalf("%s, and in another order %s", a, b)
		}
	})
}

// TestNearerNeverWeighsLess: of two changes that differ in one thing only, the nearer in
// time, the nearer service and the failed one never weigh less.
func TestNearerNeverWeighsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyChange().Filter(func(c suspect.Change) bool {
			return c.Service != "mail" && c.Outcome != change.Planned && !c.Began.After(start()) && c.Began.After(start().Add(-24*time.Hour))
		}).Draw(t, "change")
		weigh := func(c suspect.Change) int {
			found := suspect.Rank(asked(), []suspect.Change{c}, nil)
			if len(found) != 1 {
				t.Fatalf("%+v is no suspect", c)
			}
			return found[0].Weight
		}
		nearer, own, failed := c, c, c
		nearer.Began = c.Began.Add(start().Sub(c.Began) / time.Duration(rapid.IntRange(1, 5).Draw(t, "part")))
		own.Service, failed.Outcome = "checkout", change.Failed
		for what, other := range map[string]suspect.Change{"nearer in time": nearer, "of the own service": own, "failed": failed} {
			if weigh(other) < weigh(c) {
				t.Errorf("%s: %d, and %d otherwise", what, weigh(other), weigh(c))
			}
		}
	})
}
