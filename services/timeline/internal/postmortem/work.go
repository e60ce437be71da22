package postmortem

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// tasks writes who was given what to do, and what became of it.
func (d *document) tasks() {
	if len(d.Incident.Tasks) == 0 {
		return
	}
	d.line("| Task | What | Owner | Due | |\n|---|---|---|---|---|")
	for _, t := range d.Incident.Tasks {
		d.line("| %s | %s | %s | %s | %s |", t.Name, d.what(t), d.person(t.Owner), instantOrNone(t.Due), d.outcome(t))
	}
}

// followUps writes what is to be done.
func (d *document) followUps() {
	if len(d.Incident.FollowUps) == 0 {
		return
	}
	d.line("| Follow-up | What | Owner | Due | Type | Priority | Tracker | |\n|---|---|---|---|---|---|---|---|")
	for _, f := range d.Incident.FollowUps {
		kind, priority := "", ""
		if f.Purpose != incident.FollowUpTypeUnknown {
			kind = f.Purpose.String()
		}
		if f.Priority != incident.PriorityUnknown {
			priority = f.Priority.String()
		}
		d.line("| %s | %s | %s | %s | %s | %s | %s | %s |", f.Name, d.what(f.Task), d.person(f.Owner),
			instantOrNone(f.Due), kind, priority, Plain(f.Tracker), d.outcome(f.Task))
	}
}

// what is the text of a task as one cell.
func (d *document) what(t view.Task) string {
	if t.Text == "" {
		return "*redacted*"
	}
	return Plain(t.Text)
}

func (d *document) outcome(t view.Task) string {
	if t.EndedAt.IsZero() {
		return t.Outcome.String()
	}
	return t.Outcome.String() + " " + instant(t.EndedAt)
}

func instantOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return instant(t)
}

// checklists writes which were taken up and what was ticked.
func (d *document) checklists() {
	for _, c := range d.Incident.Checklists {
		title := Plain(c.Title)
		if title == "" {
			title = Plain(c.Name)
		}
		d.line("**%s**\n", title)
		for _, l := range c.Lines {
			d.checklistLine(l)
		}
		d.line("")
	}
}

func (d *document) checklistLine(l view.ChecklistLine) {
	box, text := " ", Plain(l.Text)
	if l.Ticked {
		box = "x"
	}
	if text == "" {
		text = "*redacted*"
	}
	if l.Ticked {
		text += " · " + d.person(l.By) + ", " + instant(l.At)
	}
	if l.Note != "" {
		text += ": " + Plain(l.Note)
	}
	d.line("- [%s] %s", box, text)
}

// debrief writes what the talk right after the incident gave.
func (d *document) debrief() {
	for i := range d.Entries {
		e := &d.Entries[i]
		if e.Type != (incident.DebriefAdded{}).Type() || !e.Shown() || e.Text == "" {
			continue
		}
		d.line("%s, %s:\n", d.person(e.Actor), instant(e.OccurredAt))
		d.WriteString(quote("", e.Text) + "\n")
	}
}
