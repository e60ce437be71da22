package change_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/change"
)

func upper(s string) string { return strings.ToUpper(s) }

// anyReport draws a report of one change that says something or nothing of each thing.
func anyReport() *rapid.Generator[change.Report] {
	return rapid.Custom(func(t *rapid.T) change.Report {
		text := func(name string) string { return rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, name) }
		at := func(name string) time.Time {
			if n := rapid.Int64Range(0, 4).Draw(t, name); n > 0 {
				return time.Unix(n, 0).UTC()
			}
			return time.Time{}
		}
		r := change.Report{
			Source: "s", Key: "k", Kind: change.Kind(rapid.IntRange(0, 6).Draw(t, "kind")),
			Outcome: change.Outcome(rapid.IntRange(0, 5).Draw(t, "outcome")),
			Service: text("service"), Version: text("version"), Title: text("title"), StartedAt: at("started"), EndedAt: at("ended"),
		}
		if label := text("label"); label != "" {
			r.Labels = map[string]string{"l": label}
		}
		return r
	})
}

// TestReportsThatComeAgainChangeNothing: whatever was told, in whatever order, none of
// it is news.
func TestReportsThatComeAgainChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := rapid.SliceOfN(anyReport(), 1, 6).Draw(t, "reports")
		var s change.State
		for _, r := range reports {
			s = s.Take(r, false, 1)
		}
		for i, r := range reports {
			if _, news := s.News(r); news {
				t.Fatalf("report %d is news again: %+v, known %+v", i, r, s.Known)
			}
		}
	})
}

// TestOfTwoReportsEitherMayComeFirst where their stages or times differ.
func TestOfTwoReportsEitherMayComeFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyReport().Draw(t, "a"), anyReport().Draw(t, "b")
		if a.Outcome == b.Outcome && a.At().Equal(b.At()) || a.Outcome.Final() && b.Outcome.Final() && a.At().Equal(b.At()) {
			t.Skip("which is later is not said")
		}
		if ab, ba := change.Merge(a, b), change.Merge(b, a); !ab.Same(ba) {
			t.Fatalf("%+v\nand the other way round\n%+v", ab, ba)
		}
	})
}
