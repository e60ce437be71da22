package view_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

const commands = 40

func mustFold(t *rapid.T, s story) *view.View {
	v, err := view.Fold(s)
	if err != nil {
		t.Fatalf("fold: %v", err)
	}
	return v
}

// TestViewAgreesWithTheDomain compares the view with the state that decides.
func TestViewAgreesWithTheDomain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := history(t, commands)
		v, state := mustFold(t, s), incident.Fold(s...)
		i := v.Incident
		if i.Severity != state.Severity || i.Status != state.Status || i.MergedInto != state.MergedInto ||
			i.Revision != state.Revision || i.Number != state.Number || i.Private != state.Private || i.Open() != state.Open() {
			t.Fatalf("view %+v\nstate %+v", i, state)
		}
		if i.MitigatedAt.IsZero() == state.Mitigated {
			t.Fatalf("mitigated %v, state %v", i.MitigatedAt, state.Mitigated)
		}
		for _, r := range incident.Roles() {
			if i.Holder(r) != state.Holder(r) {
				t.Fatalf("%v: view %q, state %q", r, i.Holder(r), state.Holder(r))
			}
		}
		if !slices.Equal(i.Members, state.Members()) || !slices.Equal(i.Impact, state.Impact()) {
			t.Fatalf("members %v, impact %v", i.Members, i.Impact)
		}
		compareUpdates(t, i, state)
		compareWork(t, i, state)
		compareEntries(t, v, state)
		compareInvestigation(t, i, state)
	})
}

func compareUpdates(t *rapid.T, i view.Incident, state incident.State) {
	var standing []string
	for _, u := range i.Updates {
		if !u.Retracted {
			standing = append(standing, u.ID)
		}
	}
	if !slices.Equal(standing, state.PublicUpdates()) {
		t.Fatalf("updates %v, state %v", standing, state.PublicUpdates())
	}
	for _, a := range i.Alerts {
		if !state.HasAlert(a.ID) {
			t.Fatalf("alert %q is not the state's", a.ID)
		}
	}
}

func compareEntries(t *rapid.T, v *view.View, state incident.State) {
	for _, e := range v.Entries {
		want, ok := state.Entry(e.Revision)
		if !ok || want.Redacted != e.Redacted || want.Pinned != e.Pinned || want.Hidden != e.Hidden || want.Type != e.Type {
			t.Fatalf("entry %+v, state %+v", e, want)
		}
		if e.Redacted && e.Original != "" {
			t.Fatalf("a redacted entry kept %q", e.Original)
		}
	}
}

// TestReplayAfterErasureGivesTheSameView holds what makes a rebuild identical to
// the live view: it does not matter when the content went away.
func TestReplayAfterErasureGivesTheSameView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := history(t, commands)
		live, replayed := mustFold(t, s), mustFold(t, erased(t, s))
		if !reflect.DeepEqual(live.Incident, replayed.Incident) {
			t.Fatalf("live %+v\nreplayed %+v", live.Incident, replayed.Incident)
		}
		if !reflect.DeepEqual(live.Entries, replayed.Entries) {
			t.Fatalf("live %+v\nreplayed %+v", live.Entries, replayed.Entries)
		}
	})
}

// TestKnownAtIsAPrefix: as known at any time is the fold of what had been written
// down by then, as it reads after all redactions.
func TestKnownAtIsAPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := history(t, commands)
		cut := rapid.IntRange(1, len(s)).Draw(t, "cut")
		when := s[cut-1].RecordedAt
		for cut < len(s) && s[cut].RecordedAt.Equal(when) {
			cut++
		}
		got, err := view.KnownAt(s, nil, when)
		if err != nil {
			t.Fatalf("known at: %v", err)
		}
		want := mustFold(t, erased(t, s)[:cut])
		if !reflect.DeepEqual(got.Incident, want.Incident) || !reflect.DeepEqual(got.Entries, want.Entries) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	})
}

// TestHappenedAtEndsInThePresent: at the end of time what happened is what is.
func TestHappenedAtEndsInThePresent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := history(t, commands)
		now := mustFold(t, s)
		got, err := view.HappenedAt(s, nil, noon.AddDate(1, 0, 0))
		if err != nil {
			t.Fatalf("happened at: %v", err)
		}
		if !reflect.DeepEqual(got.Incident, now.Incident) {
			t.Fatalf("got %+v\nwant %+v", got.Incident, now.Incident)
		}
		shown := slices.DeleteFunc(slices.Clone(now.Entries), func(e view.Entry) bool { return e.Curation })
		if !slices.Equal(got.Entries, shown) {
			t.Fatalf("got %+v\nwant %+v", got.Entries, shown)
		}
	})
}

// TestHappenedAtKeepsTheRule: no entry is of the future, and severity is the one
// written down last among those that had begun.
func TestHappenedAtKeepsTheRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := history(t, commands)
		when := noon.AddDate(0, 0, 0).Add(rapid.SampledFrom(s).Draw(t, "event").OccurredAt.Sub(noon))
		got, err := view.HappenedAt(s, nil, when)
		if errors.Is(err, view.ErrNotYet) && firstShown(s).After(when) {
			return
		}
		if err != nil {
			t.Fatalf("happened at: %v", err)
		}
		for _, e := range got.Entries {
			if e.OccurredAt.After(when) {
				t.Fatalf("entry %d happened later", e.Revision)
			}
		}
		var want incident.Severity
		for _, c := range mustFold(t, s).Incident.Severities {
			if !c.OccurredAt.After(when) {
				want = c.Value
			}
		}
		if got.Incident.Severity != want {
			t.Fatalf("severity %v, want %v", got.Incident.Severity, want)
		}
	})
}

// firstShown is when the first thing happened that is no curation.
func firstShown(s story) time.Time {
	first := noon
	for _, r := range s {
		if !view.Curates(r.Event) && r.OccurredAt.Before(first) {
			first = r.OccurredAt
		}
	}
	return first
}

// TestSpansCoverTheTimeOnce: spans neither overlap nor leave gaps.
func TestSpansCoverTheTimeOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := mustFold(t, history(t, commands)).Incident
		end := i.UpdatedAt.AddDate(0, 0, 1)
		spans := view.Spans(i.Statuses, end)
		for n, span := range spans {
			if !span.Start.Before(span.End) || n > 0 && !spans[n-1].End.Equal(span.Start) {
				t.Fatalf("span %d of %v", n, spans)
			}
		}
		if !spans[len(spans)-1].End.Equal(end) || spans[len(spans)-1].Value != i.Status {
			t.Fatalf("the last span of %v is not the status %v", spans, i.Status)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	s := benchmarkStory(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := view.Fold(s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(s)), "ns/event")
}

func BenchmarkKnownAt(b *testing.B) {
	s := benchmarkStory(b)
	for b.Loop() {
		if _, err := view.KnownAt(s, nil, s[700].RecordedAt); err != nil {
			b.Fatal(err)
		}
	}
}
