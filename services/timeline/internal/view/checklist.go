package view

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Checklist is one of the playbook's that was taken up, with the text that it had
// then.
type Checklist struct {
	Name      string
	Title     string // empty after a redaction
	Revision  uint64 // of the playbook's text; 0 for a built-in one
	Entry     uint64 // revision of its entry
	StartedAt time.Time
	Lines     []ChecklistLine
}

// ChecklistLine is one line of a checklist.
type ChecklistLine struct {
	Item    string
	Text    string // empty after a redaction
	Ticked  bool
	By      incident.PersonID // who ticked or unticked it last
	At      time.Time         // when; zero for never
	Note    string            // as corrected; empty after a redaction
	notedBy uint64            // revision of the entry that gave Note
}

// Postmortem is where the post-mortem stands.
type Postmortem struct {
	Owner incident.PersonID
	State incident.PostmortemState
	Since time.Time // since when it has that state
}

func (f *folding) VisitChecklistStarted(e incident.ChecklistStarted) {
	known := func(c Checklist) bool { return c.Name == e.Checklist }
	if !slices.ContainsFunc(f.Incident.Checklists, known) {
		c := Checklist{Name: e.Checklist, Title: e.Title, Revision: e.Revision, Entry: f.meta.Revision, StartedAt: f.meta.OccurredAt}
		for _, i := range e.Items {
			c.Lines = append(c.Lines, ChecklistLine{Item: i.Item, Text: i.Text})
		}
		f.Incident.Checklists = append(f.Incident.Checklists, c)
	}
	f.entry.Headline, f.entry.Text = "Checklist "+e.Checklist, e.Title
	for _, i := range e.Items {
		if i.Text != "" {
			f.entry.Text = joinLines(f.entry.Text, "- "+i.Text)
		}
	}
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

func (f *folding) VisitChecklistItemTicked(e incident.ChecklistItemTicked) {
	for n := range f.Incident.Checklists {
		if c := &f.Incident.Checklists[n]; c.Name == e.Checklist {
			c.tick(e, f.meta)
		}
	}
	f.entry.Headline = choose(e.Ticked, "Ticked ", "No longer ticked: ") + e.Checklist + "/" + e.Item
	f.entry.Text = e.Note
}

func (c *Checklist) tick(e incident.ChecklistItemTicked, m incident.Meta) {
	for n := range c.Lines {
		if l := &c.Lines[n]; l.Item == e.Item {
			l.Ticked, l.By, l.At, l.Note, l.notedBy = e.Ticked, m.Actor, m.OccurredAt, e.Note, m.Revision
		}
	}
}

// renote gives what an entry said of a line its corrected text.
func (i *Incident) renote(entry uint64, text string) {
	for n := range i.Checklists {
		for k := range i.Checklists[n].Lines {
			if l := &i.Checklists[n].Lines[k]; l.notedBy == entry && entry != 0 {
				l.Note = text
			}
		}
	}
}

// forgetChecklist takes away what the entry that started a checklist said.
func (i *Incident) forgetChecklist(entry uint64) {
	for n := range i.Checklists {
		c := &i.Checklists[n]
		if c.Entry != entry {
			continue
		}
		c.Title = ""
		for k := range c.Lines {
			c.Lines[k].Text = ""
		}
	}
}
