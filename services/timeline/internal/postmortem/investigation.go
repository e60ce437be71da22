package postmortem

import (
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// assessments says what was answered when somebody asked whether it was getting
// worse.
func (d *document) assessments() string {
	var said []string
	for _, a := range d.Incident.Assessments {
		if !d.hidden(a.Entry) {
			said = append(said, a.Trend.String()+" "+instant(a.OccurredAt))
		}
	}
	return strings.Join(said, ", ")
}

// window writes when customers suffered.
func (d *document) window() {
	w := d.Incident.Window
	if w.Start.IsZero() {
		return
	}
	d.fact("Impact began", instant(w.Start))
	if w.End.IsZero() {
		d.fact("Impact so far", span(d.end().Sub(w.Start)))
		return
	}
	d.fact("Impact ended", instant(w.End))
	d.fact("Impact lasted", span(w.End.Sub(w.Start)))
}

// blastRadius writes what was known to be hit in the end, and how often that changed.
func (d *document) blastRadius() {
	if len(d.Incident.BlastRadii) == 0 {
		return
	}
	b := d.Incident.BlastRadii[len(d.Incident.BlastRadii)-1]
	var hit []string
	for _, list := range []struct {
		what  string
		names []string
	}{{"services", b.Services}, {"components", b.Components}, {"regions", b.Regions}, {"customers", b.CustomerNames}} {
		if len(list.names) > 0 {
			hit = append(hit, list.what+" "+joined(list.names))
		}
	}
	if b.Customers > 0 {
		hit = append(hit, strconv.FormatUint(b.Customers, 10)+" customers")
	}
	line := "Known to be hit at " + instant(b.OccurredAt)
	if n := len(d.Incident.BlastRadii); n > 1 {
		line += " (stated " + strconv.Itoa(n) + " times)"
	}
	if len(hit) > 0 {
		line += ": " + strings.Join(hit, "; ")
	}
	d.line("%s.", line)
	if b.Text != "" {
		d.WriteString("\n" + quote("", b.Text))
	}
}

// decisions writes what was decided and why.
func (d *document) decisions() {
	for i := range d.Incident.Decisions {
		if one := &d.Incident.Decisions[i]; !d.hidden(one.Entry) {
			d.decision(one)
		}
	}
}

func (d *document) decision(one *view.Decision) {
	d.line("- **%s** %s · %s, %s", incident.DecisionName(one.Number), Plain(words(one.Choice)), instant(one.OccurredAt), d.person(one.Actor))
	if one.Hypothesis != 0 {
		d.line("  - about %s", incident.HypothesisName(one.Hypothesis))
	}
	if one.Change != "" {
		d.line("  - about the change %s", Plain(string(one.Change)))
	}
	if len(one.Options) > 0 {
		d.line("  - considered: %s", joined(one.Options))
	}
	for _, c := range one.Checks {
		answer := "no"
		if c.Holds {
			answer = "yes"
		}
		d.line("  - %s: %s", Plain(c.Item), answer)
	}
	d.quoted("because", one.Text)
}
