package change

import (
	"maps"
	"time"
)

// Merge returns what is known after one more report of the same change. What a report
// says replaces what was known when it is of a later stage, or of the same stage and a
// later time; otherwise it only fills in what was missing. So an old report that comes
// late does no harm, and one that comes again changes nothing.
func Merge(known, report Report) Report {
	if known.Key == "" {
		return report
	}
	over, under := report, known
	if !follows(known, report) {
		over, under = known, report
	}
	merged := Report{
		Source: known.Source, Key: known.Key,
		Kind: first(over.Kind, under.Kind), Service: first(over.Service, under.Service),
		Environment: first(over.Environment, under.Environment), Version: first(over.Version, under.Version),
		StartedAt: firstTime(over.StartedAt, under.StartedAt), EndedAt: firstTime(over.EndedAt, under.EndedAt),
		Outcome: first(over.Outcome, under.Outcome), AuthorID: first(over.AuthorID, under.AuthorID),
		SignalID: first(report.SignalID, known.SignalID),
		Title:    first(over.Title, under.Title), AuthorName: first(over.AuthorName, under.AuthorName),
		Link: first(over.Link, under.Link), Description: first(over.Description, under.Description),
		Labels: maps.Clone(over.Labels),
	}
	if len(merged.Labels) == 0 {
		merged.Labels = maps.Clone(under.Labels)
	}
	return merged
}

// follows tells whether a report speaks of what came after what is known.
func follows(known, report Report) bool {
	if a, b := known.Outcome.stage(), report.Outcome.stage(); a != b {
		return b > a
	}
	return report.At().After(known.At())
}

// stage orders outcomes: those of one stage exclude each other.
func (o Outcome) stage() int {
	if o.Final() {
		return int(Succeeded)
	}
	return int(o)
}

// first is the first value that is said.
func first[T comparable](values ...T) T {
	var none T
	for _, v := range values {
		if v != none {
			return v
		}
	}
	return none
}

func firstTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}
