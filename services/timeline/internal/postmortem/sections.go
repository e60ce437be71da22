package postmortem

import (
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
)

// sections are the variables that this package writes, each without a heading: that
// is for the template. One that has nothing to say writes nothing.
func sections() map[string]func(*document) {
	return map[string]func(*document){
		"incident":         func(d *document) { d.WriteString("INC-" + strconv.FormatUint(d.Incident.Number, 10)) },
		"title":            (*document).title,
		"about":            (*document).about,
		"summary":          (*document).summary,
		"facts":            (*document).facts,
		"impact":           (*document).impact,
		"people":           (*document).people,
		"hypotheses":       (*document).hypotheses,
		"checks":           (*document).checks,
		"suspects":         (*document).suspects,
		"decisions":        (*document).decisions,
		"timeline":         (*document).timeline,
		"tasks":            (*document).tasks,
		"checklists":       (*document).checklists,
		"debriefs":         (*document).debrief,
		"customer_updates": (*document).customers,
		"followups":        (*document).followUps,
	}
}

// values says what variables stand for, ready to stand in a document.
func (d *document) values(names []string) template.Values {
	values := template.Values{}
	if d.Words != nil {
		for name, value := range d.Words(names) {
			values[name] = Inline(value)
		}
	}
	all := sections()
	for _, name := range names {
		if write, ok := all[name]; ok {
			values[name] = d.written(write)
		}
	}
	return values
}

// written is what a section writes, without the end of its last line.
func (d *document) written(write func(*document)) string {
	one := &document{View: d.View, Options: d.Options}
	write(one)
	return strings.TrimSuffix(one.String(), "\n")
}

func (d *document) title() {
	if title := Plain(d.Incident.Title); title != "" {
		d.WriteString(title)
		return
	}
	d.WriteString("*title redacted*")
}

func (d *document) summary() {
	if strings.TrimSpace(d.Incident.Summary) != "" {
		d.WriteString(quote("", d.Incident.Summary))
	}
}

// impact writes which components suffered, and what was known to be hit.
func (d *document) impact() {
	if len(d.Incident.Impact) > 0 {
		d.line("| Component | State at the end |\n|---|---|")
		for _, c := range d.Incident.Impact {
			d.line("| %s | %s |", Plain(c.Component), words(c.Status.String()))
		}
		if len(d.Incident.BlastRadii) > 0 {
			d.line("")
		}
	}
	d.blastRadius()
}

// people writes who held which role, and who is on the timeline.
func (d *document) people() {
	if len(d.Incident.Roles) > 0 {
		d.line("| Role | Held by | Since |\n|---|---|---|")
		for _, h := range d.Incident.Roles {
			d.line("| %s | %s | %s |", words(h.Role.String()), d.person(h.Person), instant(h.Since))
		}
	}
	var names []string
	seen := map[incident.PersonID]bool{}
	for _, e := range d.Entries {
		if e.Shown() && !seen[e.Actor] {
			seen[e.Actor] = true
			names = append(names, d.person(e.Actor))
		}
	}
	if len(names) == 0 {
		return
	}
	if len(d.Incident.Roles) > 0 {
		d.line("")
	}
	d.line("On the timeline: %s.", strings.Join(names, ", "))
}
