package postmortem

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/check"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// checks writes what was measured, run by run, and what became of what that proposed.
func (d *document) checks() {
	shown := d.measured()
	if len(shown) == 0 {
		return
	}
	d.line("Proposed by the system from what it measured: nothing of it counts until a person says so.")
	run := ""
	for n, c := range shown {
		if n == 0 || c.Run != run {
			run = c.Run
			d.line("\n**%s**, looking at %s to %s:\n", d.runOf(c), instant(c.From), instant(c.Until))
			d.line("| Entry | Service | Metric | Now | Yesterday | Last week | Verdict | Began, proposed | Trend, proposed | Why |\n|---|---|---|---|---|---|---|---|---|---|")
		}
		d.check(c)
	}
	d.line("")
	d.startProposed(shown)
	d.trendProposed(shown)
}

// measured are the checks whose entries are not hidden.
func (d *document) measured() []*view.Check {
	var shown []*view.Check
	for n := range d.Measured {
		if c := &d.Measured[n]; !d.hidden(c.Entry) {
			shown = append(shown, c)
		}
	}
	return shown
}

// runOf says what a run of checks was.
func (d *document) runOf(c *view.Check) string {
	switch {
	case c.Run == "declaration":
		return "At the declaration"
	case c.AskedBy != "":
		return "Asked for by " + d.person(c.AskedBy)
	}
	return "Asked for"
}

func (d *document) check(c *view.Check) {
	trend := ""
	if c.Trend.Known() {
		trend = c.Trend.String()
	}
	title, why := Plain(c.Title), Plain(c.Reason)
	if c.Reason == "" {
		title, why = "*redacted*", "*redacted*"
	}
	d.line("| #%d | %s | %s | %s | %s | %s | %s | %s | %s | %s |", c.Entry, Plain(c.Service), title, quantity(c.Value, c.Unit), quantity(c.Yesterday, c.Unit),
		quantity(c.LastWeek, c.Unit), c.Verdict, instantOrNone(c.Began), trend, why+d.sourceOf(c))
}

// sourceOf says where a check asked.
func (d *document) sourceOf(c *view.Check) string {
	if c.Integration == "" {
		return ""
	}
	return ", from " + Plain(c.Integration)
}

// quantity is a value with its unit.
func quantity(m incident.Measured, unit string) string {
	if !m.Known {
		return "unknown"
	}
	return strings.TrimSpace(Plain(check.Number(m.Value) + " " + unit))
}

// startProposed writes when it began by the checks, and what a person wrote down.
func (d *document) startProposed(checks []*view.Check) {
	var first *view.Check
	var alike []string
	w := d.Incident.Window
	for _, c := range checks {
		if c.Began.IsZero() || c.Verdict != incident.CheckUnusual {
			continue
		}
		if first == nil || c.Began.Before(first.Began) {
			first = c
		}
		// People write times to the second.
		if c.Entry < w.StartEntry && c.Began.Truncate(time.Second).Equal(w.Start.Truncate(time.Second)) {
			alike = append(alike, entryName(c.Entry))
		}
	}
	if first == nil {
		return
	}
	said := "nobody has written down when it began"
	if !w.Start.IsZero() {
		said = fmt.Sprintf("%s wrote down %s (%s)%s", d.actorOf(w.StartEntry), instant(w.Start), entryName(w.StartEntry), asProposed(alike))
	}
	d.line("- **When it began:** %s at the earliest, proposed by the system from %s; %s.", instant(first.Began), entryName(first.Entry), said)
}

// trendProposed writes where it was going by the checks, and what people said of it.
func (d *document) trendProposed(checks []*view.Check) {
	var proposed []string
	for _, c := range checks {
		if c.Trend.Known() && c.Verdict == incident.CheckUnusual {
			proposed = append(proposed, c.Trend.String()+" from "+entryName(c.Entry))
		}
	}
	if len(proposed) == 0 {
		return
	}
	var said []string
	for _, a := range d.Incident.Assessments {
		if d.hidden(a.Entry) {
			continue
		}
		var alike []string
		for _, c := range checks {
			if c.Entry < a.Entry && c.Trend == a.Trend && c.Verdict == incident.CheckUnusual {
				alike = append(alike, entryName(c.Entry))
			}
		}
		said = append(said, fmt.Sprintf("%s said %s at %s (%s)%s", d.person(a.Actor), a.Trend, instant(a.OccurredAt), entryName(a.Entry), asProposed(alike)))
	}
	if len(said) == 0 {
		said = []string{"nobody has said so or otherwise"}
	}
	d.line("- **Is it getting worse:** proposed by the system: %s; %s.", strings.Join(proposed, ", "), strings.Join(said, "; "))
}

// asProposed tells whether what a person said is what was proposed before.
func asProposed(alike []string) string {
	if len(alike) == 0 {
		return ", not as proposed"
	}
	return ", as proposed from " + strings.Join(alike, ", ")
}

func entryName(revision uint64) string { return "#" + strconv.FormatUint(revision, 10) }

// actorOf is who wrote an entry.
func (d *document) actorOf(entry uint64) string {
	if e := d.Entry(entry); e != nil {
		return d.person(e.Actor)
	}
	return "somebody"
}
