package postmortem

import (
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// facts writes what can be said in numbers.
func (d *document) facts() {
	i := &d.Incident
	d.line("| | |\n|---|---|")
	d.fact("Severity", d.severities())
	d.fact("Status", d.status())
	if len(i.Services) > 0 {
		d.fact("Services", joined(i.Services))
	}
	if d.Incident.Category != "" {
		d.fact("Category", Plain(d.Incident.Category))
	}
	for _, r := range d.Incident.Reviews {
		d.fact("Review", fmt.Sprintf("by %s, since %s came again (%s)", instant(r.Due), Plain(r.Category), r.FollowUp))
	}
	d.times()
	d.window()
	if said := d.assessments(); said != "" {
		d.fact("Assessed", said)
	}
	for _, s := range []incident.Severity{incident.SEV1, incident.SEV2, incident.SEV3, incident.Unknown} {
		if t := d.timeIn(s); t > 0 {
			d.fact("Time in "+severityName(s), span(t))
		}
	}
	for _, a := range i.Alerts {
		d.fact("Alert", d.alert(a))
	}
	if i.External.ID != "" {
		d.fact("Imported from", Plain(i.External.System+" "+i.External.ID))
	}
}

func (d *document) fact(name, value string) { d.line("| %s | %s |", name, value) }

func (d *document) severities() string {
	s := severityName(d.Incident.Severity)
	if c := d.Incident.Severities; len(c) > 1 && c[0].Value != d.Incident.Severity {
		s += " (declared as " + severityName(c[0].Value) + ")"
	}
	return s
}

func severityName(s incident.Severity) string {
	if s == incident.Unknown {
		return "unknown severity"
	}
	return s.String()
}

func (d *document) status() string {
	if d.Incident.MergedInto != "" {
		return "merged into " + Plain(string(d.Incident.MergedInto))
	}
	return d.Incident.Status.String()
}

func (d *document) alert(a view.Alert) string {
	text := Plain(a.Title)
	if text == "" {
		text = Plain(string(a.ID))
	}
	if a.Source != "" {
		text += " (" + Plain(a.Source) + ")"
	}
	return text
}

// times writes the milestones, each with its distance from the beginning.
func (d *document) times() {
	i := &d.Incident
	start := d.start()
	if start.Before(i.DeclaredAt) || i.DeclaredAt.IsZero() {
		d.fact("First entry", instant(start))
	}
	d.milestone("Declared", i.DeclaredAt, start, " by "+d.person(i.Declarer))
	d.milestone("Acknowledged", i.AcknowledgedAt, start, " by "+d.person(i.Acknowledger))
	d.milestone("Customers first told", d.firstTold(), start, "")
	d.milestone("Mitigated", i.MitigatedAt, start, "")
	d.milestone("Resolved", i.ResolvedAt, start, "")
	d.milestone("Confirmed stable", i.StableAt, start, "")
	d.milestone("Debrief", i.DebriefedAt, start, "")
	d.milestone("Closed", i.ClosedAt, start, "")
	if open := d.openFor(); open > 0 {
		label := "Open for"
		if i.Open() {
			label = "Open so far"
		}
		d.fact(label, span(open))
	}
}

func (d *document) milestone(name string, at, start time.Time, by string) {
	if at.IsZero() {
		return
	}
	after := ""
	if distance := at.Sub(start); distance > 0 {
		after = fmt.Sprintf(", %s after the first entry", span(distance))
	}
	d.fact(name, instant(at)+after+by)
}

// start is when the first thing on the timeline happened.
func (d *document) start() time.Time {
	start := d.Incident.DeclaredAt
	for _, e := range d.Entries {
		if e.Shown() && (start.IsZero() || e.OccurredAt.Before(start)) {
			start = e.OccurredAt
		}
	}
	return start
}

func (d *document) firstTold() time.Time {
	var first time.Time
	for _, u := range d.Incident.Updates {
		if !u.Retracted && (first.IsZero() || u.PublishedAt.Before(first)) {
			first = u.PublishedAt
		}
	}
	return first
}

// end is when what is not over yet is counted to: the time asked for, the merge,
// or now.
func (d *document) end() time.Time {
	end := d.Now
	for _, past := range []time.Time{d.KnownAt, d.HappenedAt} {
		if !past.IsZero() {
			end = past
		}
	}
	for _, e := range d.Entries {
		if e.Type == (incident.Merged{}).Type() && e.OccurredAt.Before(end) {
			end = e.OccurredAt
		}
	}
	return end
}

func (d *document) openFor() time.Duration {
	var sum time.Duration
	for _, s := range view.Spans(d.Incident.Statuses, d.end()) {
		if s.Value.Open() {
			sum += s.End.Sub(s.Start)
		}
	}
	return sum
}

// timeIn is how long the incident was open at a severity.
func (d *document) timeIn(s incident.Severity) time.Duration {
	severities := view.Spans(d.Incident.Severities, d.end())
	statuses := view.Spans(d.Incident.Statuses, d.end())
	return view.Overlap(severities, statuses, func(v incident.Severity, status incident.Status) bool {
		return v == s && status.Open()
	})
}
