package view_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

func changes(minutesAndValues ...int) []view.Change[int] {
	var out []view.Change[int]
	for i := 0; i < len(minutesAndValues); i += 2 {
		out = append(out, view.Change[int]{Value: minutesAndValues[i+1], OccurredAt: at(minutesAndValues[i]), Revision: uint64(i)})
	}
	return out
}

func TestSpans(t *testing.T) {
	span := func(from, to, value int) view.Span[int] {
		return view.Span[int]{Value: value, Start: at(from), End: at(to)}
	}
	for name, c := range map[string]struct {
		changes []view.Change[int]
		want    []view.Span[int]
	}{
		"none":                     {nil, nil},
		"one":                      {changes(0, 2), []view.Span[int]{span(0, 60, 2)}},
		"in order":                 {changes(0, 2, 10, 1), []view.Span[int]{span(0, 10, 2), span(10, 60, 1)}},
		"raised again":             {changes(0, 2, 10, 1, 20, 2), []view.Span[int]{span(0, 10, 2), span(10, 20, 1), span(20, 60, 2)}},
		"backdated":                {changes(0, 2, 20, 3, 10, 1), []view.Span[int]{span(0, 10, 2), span(10, 60, 1)}},
		"same instant, last wins":  {changes(0, 2, 0, 1), []view.Span[int]{span(0, 60, 1)}},
		"after the end":            {changes(0, 2, 70, 1), []view.Span[int]{span(0, 60, 2)}},
		"neighbours of same value": {changes(0, 2, 10, 2), []view.Span[int]{span(0, 60, 2)}},
	} {
		if got := view.Spans(c.changes, at(60)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestTimeInASeverityCountsOnlyWhileOpen(t *testing.T) {
	s := declared().
		late("ada", incident.SeverityChanged{To: incident.SEV1}, at(10)).
		late("ada", incident.Resolved{}, at(30)).
		late("ada", incident.Reopened{}, at(50))
	i := fold(t, s).Incident
	got := view.Overlap(view.Spans(i.Severities, at(60)), view.Spans(i.Statuses, at(60)),
		func(sev incident.Severity, status incident.Status) bool { return sev == incident.SEV1 && status.Open() })
	if got != 30*time.Minute {
		t.Errorf("got %v, want 20 minutes before and 10 after it was over", got)
	}
}
