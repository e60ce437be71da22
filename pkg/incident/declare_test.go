package incident_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestDeclare(t *testing.T) {
	start := incidenttest.Start()
	cmd := func(change func(*incident.Declare)) incident.Declare {
		c := incident.Declare{Number: 41, Title: "Checkout returns 502", Severity: incident.SEV2}
		change(&c)
		return c
	}
	run(t, []scenario{
		{
			name: "with a severity it is investigated", when: cmd(func(*incident.Declare) {}),
			then: []incident.Event{declaredEvent()},
		},
		{
			name: "without a severity it is in triage", when: cmd(func(c *incident.Declare) { c.Severity = incident.Unknown }),
			then: []incident.Event{incident.Declared{
				Number: 41, Title: "Checkout returns 502", Status: incident.StatusTriage, Origin: incident.OriginPerson,
			}},
		},
		{
			name: "times are kept in UTC microseconds", when: cmd(func(c *incident.Declare) {
				c.Kind, c.Origin = incident.Maintenance, incident.OriginImport
				c.ScheduledStart = start.Add(1500 * time.Nanosecond).In(time.FixedZone("", 3600))
			}),
			then: []incident.Event{incident.Declared{
				Number: 41, Title: "Checkout returns 502", Severity: incident.SEV2, Status: incident.StatusInvestigating,
				Kind: incident.Maintenance, Origin: incident.OriginImport, ScheduledStart: start.Add(time.Microsecond),
			}},
		},
		{
			name: "twice", given: declared(), when: cmd(func(*incident.Declare) {}),
			refused: incident.AlreadyDone, reason: "already_declared",
		},
		{
			name: "a viewer may not", authority: incident.Viewer, when: cmd(func(*incident.Declare) {}),
			refused: incident.Denied, reason: "not_responder",
		},
		bad("no number", "number", "required", cmd(func(c *incident.Declare) { c.Number = 0 })),
		bad("blank title", "title", "required", cmd(func(c *incident.Declare) { c.Title = " " })),
		bad("long title", "title", "too_long", cmd(func(c *incident.Declare) { c.Title = strings.Repeat("é", 201) })),
		bad("two lines", "title", "not_one_line", cmd(func(c *incident.Declare) { c.Title = "a\nb" })),
		bad("NUL", "title", "control_character", cmd(func(c *incident.Declare) { c.Title = "a\x00b" })),
		bad("not UTF-8", "summary", "not_utf8", cmd(func(c *incident.Declare) { c.Summary = "a\xffb" })),
		bad("long summary", "summary", "too_long", cmd(func(c *incident.Declare) { c.Summary = strings.Repeat("a", incident.MaxText+1) })),
		bad("severity", "severity", "unknown_severity", cmd(func(c *incident.Declare) { c.Severity = 9 })),
		bad("status", "status", "not_a_first_status", cmd(func(c *incident.Declare) { c.Status = incident.StatusResolved })),
		bad("kind", "kind", "unknown_kind", cmd(func(c *incident.Declare) { c.Kind = 9 })),
		bad("origin", "origin", "unknown_origin", cmd(func(c *incident.Declare) { c.Origin = 9 })),
		bad("service twice", "services", "twice", cmd(func(c *incident.Declare) { c.Services = []string{"a", "a"} })),
		bad("empty service", "services", "required", cmd(func(c *incident.Declare) { c.Services = []string{""} })),
		bad("half a reference", "external.id", "required", cmd(func(c *incident.Declare) { c.External.System = "x" })),
		bad("year 1", "scheduled_start", "out_of_range", cmd(func(c *incident.Declare) { c.ScheduledStart = time.Unix(0, 0) })),
		bad("ends before it starts", "scheduled_end", "before_start", cmd(func(c *incident.Declare) {
			c.ScheduledStart, c.ScheduledEnd = start, start.Add(-time.Second)
		})),
	})
	longest := cmd(func(c *incident.Declare) { c.Title = strings.Repeat("é", incident.MaxTitle) })
	if _, err := incidenttest.New("a").Do(ann, incident.Responder, longest); err != nil {
		t.Errorf("a title of %d characters is refused: %v", incident.MaxTitle, err)
	}
}

// bad is a scenario of a command that is wrong in itself.
func bad(name, field, reason string, cmd incident.Command) scenario {
	sc := scenario{name: name, when: cmd, refused: incident.InvalidArgument, field: field, reason: reason}
	if _, declares := cmd.(incident.Declare); !declares {
		sc.given = declared()
	}
	return sc
}

func TestWhenThingsHappened(t *testing.T) {
	now := incidenttest.Start().Add(time.Hour) // the scenarios' present
	note := incident.AddNote{Text: "x"}
	added := []incident.Event{incident.NoteAdded{Text: "x"}}
	at := func(name string, when time.Time) scenario {
		return scenario{name: name, given: declared(), when: note, occurred: when}
	}
	ok := func(sc scenario) scenario { sc.then = added; return sc }
	no := func(sc scenario, reason string) scenario {
		sc.refused, sc.field, sc.reason = incident.InvalidArgument, "occurred_at", reason
		return sc
	}
	run(t, []scenario{
		ok(at("before the declaration", now.Add(-10*time.Hour))),
		ok(at("a clock slightly ahead", now.Add(5*time.Second))),
		ok(at("an old history", now.AddDate(-12, 0, 0))),
		no(at("the future", now.Add(5001*time.Millisecond)), "in_the_future"),
		no(at("another century", now.AddDate(-100, 0, 0)), "too_long_ago"),
	})
	c := incident.Context{Now: now, OccurredAt: now.Add(2 * time.Second)}
	if got := c.When(); !got.Equal(now) {
		t.Errorf("When() = %v, later than now %v", got, now)
	}
	if got := (incident.Context{Now: now.Add(1)}).When(); !got.Equal(now) || got.Location() != time.UTC {
		t.Errorf("When() = %v, want %v", got, now)
	}
}
