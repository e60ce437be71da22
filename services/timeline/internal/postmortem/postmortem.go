package postmortem

import (
	"fmt"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Options say how a document is written.
type Options struct {
	// Name returns the name of a person or machine.
	Name func(incident.PersonID) string
	// Now is the end of what is not over yet.
	Now time.Time
	// KnownAt and HappenedAt are the past that was asked for; zero for the present.
	KnownAt, HappenedAt time.Time
}

// Write returns the post-mortem of an incident as Markdown. The same view and
// options give the same document.
func Write(v *view.View, o Options) string {
	d := &document{View: v, Options: o}
	d.heading()
	d.summary()
	d.facts()
	d.impact()
	d.people()
	d.causes()
	d.timeline()
	d.customers()
	d.lessons()
	return d.String()
}

// document is one that is being written.
type document struct {
	*view.View
	Options
	strings.Builder
}

// line writes one line.
func (d *document) line(format string, args ...any) {
	fmt.Fprintf(&d.Builder, format+"\n", args...)
}

// section begins a section.
func (d *document) section(title string) { d.line("\n## %s\n", title) }

// toWrite leaves a place for what only people know.
func (d *document) toWrite(what string) { d.line("> **To be written.** %s", what) }

// person is a name, ready to stand in a line.
func (d *document) person(p incident.PersonID) string {
	if p == "" {
		return "nobody"
	}
	return Plain(d.Name(p))
}

func (d *document) heading() {
	i := &d.Incident
	title := Plain(i.Title)
	if title == "" {
		title = "*title redacted*"
	}
	d.line("# Post-mortem of INC-%d: %s\n", i.Number, title)
	d.line("Drafted from the log, revision %d, last entry written %s. All times are UTC.", i.Revision, instant(i.UpdatedAt))
	switch {
	case !d.KnownAt.IsZero():
		d.line("\n**As known at %s:** what was written down later is left out.", instant(d.KnownAt))
	case !d.HappenedAt.IsZero():
		d.line("\n**As happened at %s:** what is known today about that moment.", instant(d.HappenedAt))
	}
	if i.Drill {
		d.line("\n**This was a drill.**")
	}
	if i.Private {
		d.line("\n**Private:** only members of the incident may read this.")
	}
}

func (d *document) summary() {
	d.section("Summary")
	if strings.TrimSpace(d.Incident.Summary) != "" {
		d.WriteString(quote("", d.Incident.Summary) + "\n")
	}
	d.toWrite("What happened, who noticed, and how it ended, in a few sentences that anybody understands.")
}

func (d *document) impact() {
	d.section("Impact")
	if len(d.Incident.Impact) > 0 {
		d.line("| Component | State at the end |\n|---|---|")
		for _, c := range d.Incident.Impact {
			d.line("| %s | %s |", Plain(c.Component), words(c.Status.String()))
		}
		d.line("")
	}
	d.toWrite("Who was hurt, how badly, and for how long; requests, customers and money, where they are known.")
}

func (d *document) people() {
	d.section("People")
	if len(d.Incident.Roles) > 0 {
		d.line("| Role | Held by | Since |\n|---|---|---|")
		for _, h := range d.Incident.Roles {
			d.line("| %s | %s | %s |", words(h.Role.String()), d.person(h.Person), instant(h.Since))
		}
		d.line("")
	}
	var names []string
	seen := map[incident.PersonID]bool{}
	for _, e := range d.Entries {
		if e.Shown() && !seen[e.Actor] {
			seen[e.Actor] = true
			names = append(names, d.person(e.Actor))
		}
	}
	d.line("On the timeline: %s.", strings.Join(names, ", "))
}

func (d *document) causes() {
	d.section("Causes")
	d.toWrite("What set it off, what made it possible, and what made it worse. Ask what, not who.")
	d.section("Detection and response")
	d.toWrite("How it was noticed and how it could have been noticed earlier; what helped and what got in the way.")
}

func (d *document) lessons() {
	for _, s := range []struct{ title, what string }{
		{"What went well", "What to keep."},
		{"What went badly", "What to change."},
		{"Where we were lucky", "What could have been worse and was not by our doing."},
	} {
		d.section(s.title)
		d.toWrite(s.what)
	}
	d.section("Follow-ups")
	d.line("| What | Owner | Due | Prevents, detects or mitigates |\n|---|---|---|---|\n| | | | |")
}

// words makes words out of a name: "partial_outage" becomes "partial outage".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
