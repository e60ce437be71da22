package incident_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestScheduleReview(t *testing.T) {
	due := incidenttest.Start().Add(14 * 24 * time.Hour)
	ask := incident.ScheduleReview{Category: "capacity", Earlier: []incident.ID{"inc-9", "inc-7"}, Window: 90 * 24 * time.Hour, Due: due}
	event := incident.ReviewScheduled{FollowUp: 1, Category: "capacity", Earlier: ask.Earlier, Window: ask.Window, Due: due}
	second := event
	second.FollowUp = 2
	sorted := incident.CategoryChanged{To: "capacity"}
	with := func(change func(*incident.ScheduleReview)) incident.ScheduleReview {
		c := ask
		change(&c)
		return c
	}
	drill, planned := declaredEvent(), declaredEvent()
	drill.Drill, drill.Category = true, "capacity"
	planned.Kind, planned.Category = incident.Maintenance, "capacity"
	run(t, []scenario{
		{name: "the first", given: commanded(sorted), who: cy, when: ask, then: []incident.Event{event}},
		{name: "when it is over", given: past(closedPast(), by(ann, sorted)), when: ask, then: []incident.Event{event}},
		{name: "after other follow-ups", given: commanded(sorted, incident.FollowUpAdded{FollowUp: 1, Text: "f"}), when: ask, then: []incident.Event{second}},
		{name: "once", given: commanded(sorted, event), when: ask, nothing: true},
		{name: "once, also after another category", given: commanded(sorted, event, incident.CategoryChanged{From: "capacity", To: "data"}), when: ask, nothing: true},
		{name: "another category by now", given: commanded(sorted, incident.CategoryChanged{From: "capacity", To: "data"}), when: ask, refused: incident.WrongState, reason: "category_changed"},
		{name: "practice", given: by(ann, drill), when: ask, refused: incident.WrongState, reason: "not_counted"},
		{name: "planned work", given: by(ann, planned), when: ask, refused: incident.WrongState, reason: "not_counted"},
		{name: "a false alarm", given: past(cancelledPast(), by(ann, sorted)), when: ask, refused: incident.WrongState, reason: "not_counted"},
		{name: "merged", given: past(mergedPast(), by(ann, sorted)), when: ask, refused: incident.WrongState, reason: "merged"},
		bad("nothing earlier", "earlier", "required", with(func(c *incident.ScheduleReview) { c.Earlier = nil })),
		bad("too many", "earlier", "too_many", with(func(c *incident.ScheduleReview) { c.Earlier = make([]incident.ID, incident.MaxEarlier+1) })),
		bad("no id", "earlier", "not_an_id", with(func(c *incident.ScheduleReview) { c.Earlier = []incident.ID{"a b"} })),
		bad("itself", "earlier", "twice", with(func(c *incident.ScheduleReview) { c.Earlier = []incident.ID{"inc-41"} })),
		bad("twice", "earlier", "twice", with(func(c *incident.ScheduleReview) { c.Earlier = []incident.ID{"inc-7", "inc-7"} })),
		bad("no window", "window", "required", with(func(c *incident.ScheduleReview) { c.Window = 0 })),
		bad("no due time", "due", "required", with(func(c *incident.ScheduleReview) { c.Due = time.Time{} })),
		bad("a due time out of range", "due", "out_of_range", with(func(c *incident.ScheduleReview) { c.Due = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) })),
		bad("no category", "category", "required", with(func(c *incident.ScheduleReview) { c.Category = "" })),
	})
	s := fold(commanded(sorted, event))
	if items := s.FollowUps(); len(items) != 1 || !items[0].Due.Equal(due) || items[0].Type != incident.FollowUpProcess || incident.ItemName(event) != "F1" {
		t.Errorf("follow-ups %+v", items)
	}
	if got := event.Text(); got != "Review together what happened: the category capacity came again within 90 days" {
		t.Errorf("got %q", got)
	}
	if unsaid := fold(declared(sorted, event)); unsaid.Revision == 0 || fold(by(ann, declaredEvent(), event)).Touched {
		t.Error("a review that a machine schedules counts as somebody having touched the incident")
	}
}
