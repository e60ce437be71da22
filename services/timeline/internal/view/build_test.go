package view_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// noon is when the incidents of these tests begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// at is a time of day in minutes after noon.
func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// story collects the events of one incident, each a minute after the one before.
type story []incident.Recorded

// then adds an event by a person that happened as it was written down.
func (s story) then(actor incident.PersonID, e incident.Event) story {
	return s.late(actor, e, at(len(s)))
}

// late adds an event that had happened at another time.
func (s story) late(actor incident.PersonID, e incident.Event, happened time.Time) story {
	r := incident.Recorded{Event: e, Meta: incident.Meta{
		Incident: "inc", EventID: "e" + string(rune('a'+len(s))), Revision: uint64(len(s)) + 1,
		OccurredAt: happened, RecordedAt: at(len(s)), Actor: actor,
	}}
	return append(slices.Clip(s), r)
}

// redacted takes the content of the last event away by replacing it.
func (s story) redacted(e incident.Event) story {
	out := append(story(nil), s...)
	out[len(out)-1].Event, out[len(out)-1].Redacted = e, true
	return out
}

// declared begins a story.
func declared() story {
	return story(nil).then("ada", incident.Declared{
		Number: 41, Title: "Checkout returns 502", Summary: "Since the deploy.", Severity: incident.SEV2,
		Status: incident.StatusInvestigating, Origin: incident.OriginPerson, Services: []string{"checkout"},
	})
}

func fold(t *testing.T, s story) *view.View {
	t.Helper()
	v, err := view.Fold(s)
	if err != nil {
		t.Fatalf("fold: %v", err)
	}
	return v
}
