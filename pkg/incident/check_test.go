package incident_test

import (
	"math"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// recordCheck is a command that is accepted, perhaps changed.
func recordCheck(changes ...func(*incident.RecordCheck)) incident.RecordCheck {
	until := incidenttest.Start()
	c := incident.RecordCheck{
		CheckKey: incident.CheckKey{Run: "declaration", Service: "checkout", Metric: "a1"},
		CheckResult: incident.CheckResult{
			Kind: incident.MetricTraffic, Integration: "prometheus", Verdict: incident.CheckUnusual, Trend: incident.TrendWorse,
			Value: incident.Measured{Value: 2, Known: true}, Began: until.Add(-time.Minute), From: until.Add(-time.Hour), Until: until,
			Title: "errors", Query: "up", Reason: "above what is usual",
			Now: []incident.CheckPoint{{Value: 1}, {Offset: time.Minute, Value: 2}},
		},
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func TestRecordCheck(t *testing.T) {
	ask := recordCheck()
	event := incident.CheckRecorded(ask)
	again := recordCheck(func(c *incident.RecordCheck) { c.Verdict, c.Value.Value = incident.CheckNormal, 7 })
	later := recordCheck(func(c *incident.RecordCheck) { c.Run = "r-2" })
	wrong := func(name, field, reason string, change func(*incident.RecordCheck)) scenario {
		return bad(name, field, reason, recordCheck(change))
	}
	run(t, []scenario{
		{name: "the first", given: declared(), who: cy, when: ask, then: []incident.Event{event}},
		{name: "when it is over", given: closedPast(), when: ask, then: []incident.Event{event}},
		{name: "once, whatever it says", given: declared(event), when: again, nothing: true},
		{name: "another run", given: declared(event), when: later, then: []incident.Event{incident.CheckRecorded(later)}},
		{name: "merged", given: mergedPast(), when: ask, refused: incident.WrongState, reason: "merged"},
		wrong("no kind", "kind", "unknown_kind", func(c *incident.RecordCheck) { c.Kind = 0 }),
		wrong("no verdict", "verdict", "unknown_verdict", func(c *incident.RecordCheck) { c.Verdict = 0 }),
		wrong("a trend of later versions", "trend", "unknown_trend", func(c *incident.RecordCheck) { c.Trend = 9 }),
		wrong("no window", "until", "out_of_range", func(c *incident.RecordCheck) { c.Until = c.From }),
		wrong("a long window", "until", "out_of_range", func(c *incident.RecordCheck) { c.From = c.Until.Add(-incident.MaxCheckWindow - 1) }),
		wrong("began before", "began", "out_of_range", func(c *incident.RecordCheck) { c.Began = c.From.Add(-1) }),
		wrong("began afterwards", "began", "out_of_range", func(c *incident.RecordCheck) { c.Began = c.Until.Add(1) }),
		wrong("no run", "run", "required", func(c *incident.RecordCheck) { c.Run = "" }),
		wrong("no service", "service", "required", func(c *incident.RecordCheck) { c.Service = "" }),
		wrong("no metric", "metric", "required", func(c *incident.RecordCheck) { c.Metric = "" }),
		wrong("no reason", "reason", "required", func(c *incident.RecordCheck) { c.Reason = " " }),
		wrong("no number", "value", "not_finite", func(c *incident.RecordCheck) { c.Yesterday.Value = math.NaN() }),
		wrong("an endless value", "now", "not_finite", func(c *incident.RecordCheck) { c.Now[0].Value = math.Inf(1) }),
		wrong("out of order", "now", "out_of_order", func(c *incident.RecordCheck) { c.Now[0].Offset = time.Hour }),
		wrong("outside the window", "day_before", "out_of_order", func(c *incident.RecordCheck) {
			c.DayBefore = []incident.CheckPoint{{Offset: 2 * time.Hour}}
		}),
		wrong("too many", "week_before", "too_many", func(c *incident.RecordCheck) {
			c.WeekBefore = make([]incident.CheckPoint, incident.MaxCheckPoints+1)
		}),
	})
	if s := fold(by(ann, declaredEvent(), event)); s.Touched || !s.Checked(ask.CheckKey) || s.Checked(later.CheckKey) {
		t.Errorf("touched %t, checked %t, later %t", s.Touched, s.Checked(ask.CheckKey), s.Checked(later.CheckKey))
	}
}
