package postmortem

import (
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// about writes what the document is, and what has to be known of it.
func (d *document) about() {
	i := &d.Incident
	d.line("Drafted from the log, revision %d, last entry written %s. All times are UTC.", i.Revision, instant(i.UpdatedAt))
	d.moment()
	if i.Drill {
		d.drill()
	}
	if p := i.Postmortem; p.State != incident.PostmortemNone {
		d.line("\n**Post-mortem:** %s since %s, owned by %s.", words(p.State.String()), instant(p.Since), d.person(p.Owner))
	}
	if i.Private {
		d.private()
	}
}

// moment writes of which past the document is.
func (d *document) moment() {
	switch {
	case !d.KnownAt.IsZero():
		d.line("\n**As known at %s:** what was written down later is left out.", instant(d.KnownAt))
	case !d.HappenedAt.IsZero():
		d.line("\n**As happened at %s:** what is known today about that moment.", instant(d.HappenedAt))
	}
}

func (d *document) drill() { d.line("\n**This was a drill.**") }

func (d *document) private() {
	d.line("\n**Private:** only members of the incident may read this.")
}

// warnings writes what every reader has to know, whatever the template says.
func (d *document) warnings() {
	d.moment()
	if d.Incident.Drill {
		d.drill()
	}
	if d.Incident.Private {
		d.private()
	}
}

// assemble puts the title above the body, unless that begins with one of its own, and
// below it what every reader has to know, unless the template says that itself.
func (d *document) assemble(title, body string) string {
	own, rest, _ := strings.Cut(body, "\n")
	switch {
	case strings.HasPrefix(own, "# "):
		title, body = own, strings.TrimLeft(rest, "\n")
	case title != "":
		title = "# " + title
	}
	var parts []string
	if title != "" {
		parts = append(parts, title)
	}
	if warnings := d.written((*document).warnings); warnings != "" && !d.Text.Uses("about") {
		parts = append(parts, strings.TrimLeft(warnings, "\n"))
	}
	return strings.Join(append(parts, body), "\n\n")
}
