package incident_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestClocksAreRecordedOnce(t *testing.T) {
	due := incidenttest.Start().Add(5 * time.Minute)
	acknowledge := incident.ClockRun{Clock: "acknowledge", Start: 1}
	record := func(threshold incident.ClockThreshold) incident.RecordClock {
		return incident.RecordClock{Run: acknowledge, Threshold: threshold, Due: due, Policy: "sev-2", PolicyRevision: 7}
	}
	warned := incident.ClockWarned{Run: acknowledge, Due: due, Policy: "sev-2", PolicyRevision: 7}
	breached := incident.ClockBreached{Run: acknowledge, Due: due, Policy: "sev-2", PolicyRevision: 7}
	met := incident.ClockMet{Run: acknowledge, Due: due, Late: true, Policy: "sev-2", PolicyRevision: 7}
	late := record(incident.ThresholdMet)
	late.Late = true
	other := record(incident.ThresholdWarned)
	other.Run.Start = 2
	run2 := warned
	run2.Run.Start = 2
	wrong := func(change func(*incident.RecordClock)) incident.RecordClock {
		c := record(incident.ThresholdWarned)
		change(&c)
		return c
	}
	run1 := func(name string, given []act, when incident.Command, then ...incident.Event) scenario {
		return scenario{name: name, given: given, who: bot, when: when, then: then, nothing: len(then) == 0}
	}
	refused := func(name, field, reason string, change func(*incident.RecordClock)) scenario {
		return scenario{name: name, given: declared(), who: bot, when: wrong(change), refused: incident.InvalidArgument, reason: reason, field: field}
	}
	run(t, []scenario{
		run1("a warning", declared(), record(incident.ThresholdWarned), warned),
		run1("a warning again", declared(warned), record(incident.ThresholdWarned)),
		run1("a breach after a warning", declared(warned), record(incident.ThresholdBreached), breached),
		run1("a breach without a warning", declared(), record(incident.ThresholdBreached), breached),
		run1("a breach again", declared(breached), record(incident.ThresholdBreached)),
		run1("a warning after a breach", declared(breached), record(incident.ThresholdWarned)),
		run1("met late", declared(warned, breached), late, met),
		run1("a breach after it was met", declared(met), record(incident.ThresholdBreached)),
		run1("another run", declared(warned), other, run2),
		run1("after it is over", declared(incident.Resolved{}, incident.Closed{}), record(incident.ThresholdBreached), breached),
		refused("no threshold", "threshold", "unknown_threshold", func(c *incident.RecordClock) { c.Threshold = 0 }),
		refused("a threshold of later", "threshold", "unknown_threshold", func(c *incident.RecordClock) { c.Threshold = 4 }),
		refused("no clock", "clock", "required", func(c *incident.RecordClock) { c.Run.Clock = "" }),
		refused("no clock's name", "clock", "not_a_label", func(c *incident.RecordClock) { c.Run.Clock = "No Name" }),
		refused("no beginning", "start", "no_such_entry", func(c *incident.RecordClock) { c.Run.Start = 0 }),
		refused("a beginning to come", "start", "no_such_entry", func(c *incident.RecordClock) { c.Run.Start = 2 }),
		refused("no due time", "due", "required", func(c *incident.RecordClock) { c.Due = time.Time{} }),
		refused("a due time of nowhere", "due", "out_of_range", func(c *incident.RecordClock) { c.Due = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC) }),
	})
}

// What a machine says of clocks does not mean that somebody has touched the incident.
func TestClocksTouchNothing(t *testing.T) {
	run := incident.ClockRun{Clock: "acknowledge", Start: 1}
	s := fold(declared(incident.ClockWarned{Run: run}, incident.ClockBreached{Run: run}, incident.ClockMet{Run: run}))
	if s.Touched || len(s.Acknowledged()) > 0 || s.Status != incident.StatusInvestigating {
		t.Errorf("state %+v", outline(s))
	}
	if got := s.ClockThreshold(run); got != incident.ThresholdMet {
		t.Errorf("recorded %s", got)
	}
	if got := s.ClockThreshold(incident.ClockRun{Clock: "acknowledge", Start: 2}); got != incident.ThresholdUnknown {
		t.Errorf("another run: %s", got)
	}
}

func TestLegalEvents(t *testing.T) {
	aware := incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalAware, Note: "The report of a customer"}
	submitted := incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalSubmitted, Report: "early-warning"}
	refused := func(name, field, reason string, c incident.RecordLegalEvent) scenario {
		return scenario{name: name, given: declared(), who: cy, when: c, refused: incident.InvalidArgument, reason: reason, field: field}
	}
	run(t, []scenario{
		{name: "any responder", given: commanded(), who: cy, when: aware, then: []incident.Event{incident.LegalEventRecorded(aware)}},
		{name: "again", given: declared(incident.LegalEventRecorded(aware)), when: aware, then: []incident.Event{incident.LegalEventRecorded(aware)}},
		{name: "after it is over", given: declared(incident.Resolved{}, incident.Closed{}), when: submitted, then: []incident.Event{incident.LegalEventRecorded(submitted)}},
		refused("no event", "event", "unknown_legal_event", incident.RecordLegalEvent{Regime: "nis2"}),
		refused("no law", "regime", "required", incident.RecordLegalEvent{Event: incident.LegalAware}),
		refused("no report", "report", "required", incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalSubmitted}),
		refused("a report too many", "report", "not_of_a_report", incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalAware, Report: "x"}),
		refused("a long note", "note", "too_long", incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalAware, Note: strings.Repeat("x", incident.MaxReason+1)}),
	})
	for _, e := range incident.LegalEvents() {
		if got, err := incident.ParseLegalEvent(strings.ReplaceAll(e.String(), "_", "-")); err != nil || got != e || !e.Known() {
			t.Errorf("%s reads as %s, %v", e, got, err)
		}
	}
	if _, err := incident.ParseLegalEvent("guilty"); incident.KindOf(err) != incident.InvalidArgument {
		t.Errorf("got %v", err)
	}
}

func TestCommandsThatPeopleRan(t *testing.T) {
	ran := incident.RecordCommand{Command: "make deploy", ExitCode: 2, Duration: 1500*time.Microsecond + 7, Output: "no", Truncated: true, Redactions: 1}
	then := incident.CommandExecuted(ran)
	then.Duration = 1500 * time.Microsecond
	refused := func(name, field, reason string, c incident.RecordCommand) scenario {
		return scenario{name: name, given: declared(), who: cy, when: c, refused: incident.InvalidArgument, reason: reason, field: field}
	}
	run(t, []scenario{
		{name: "any responder", given: commanded(), who: cy, when: ran, then: []incident.Event{then}},
		{name: "after a merge", given: declared(incident.Merged{Into: "inc-7"}), when: ran, then: []incident.Event{then}},
		refused("nothing", "command", "required", incident.RecordCommand{Command: " "}),
		refused("back in time", "duration", "out_of_range", incident.RecordCommand{Command: "x", Duration: -1}),
		refused("much output", "output", "too_long", incident.RecordCommand{Command: "x", Output: strings.Repeat("x", incident.MaxOutput+1)}),
		refused("control characters", "output", "control_character", incident.RecordCommand{Command: "x", Output: "\x1b[31m"}),
		refused("a long line", "command", "too_long", incident.RecordCommand{Command: strings.Repeat("x", incident.MaxCommandLine+1)}),
	})
	if got := then.Outcome(); got != "exit 2 after 2ms" {
		t.Errorf("outcome %q", got)
	}
}
