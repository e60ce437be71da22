package postmortem

import (
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// lateness is how much later than it happened something may be written down
// without a remark.
const lateness = 5 * time.Minute

// timeline writes what stands on the curated timeline, in the order in which it
// happened.
func (d *document) timeline() {
	entries := slices.Clone(d.Entries)
	slices.SortStableFunc(entries, func(a, b view.Entry) int { return a.OccurredAt.Compare(b.OccurredAt) })
	day := ""
	for i := range entries {
		e := &entries[i]
		if !e.Shown() {
			continue
		}
		if today := e.OccurredAt.UTC().Format(time.DateOnly); today != day {
			if day != "" {
				d.line("")
			}
			day = today
			d.line("### %s\n", day)
		}
		d.entry(e)
	}
}

func (d *document) entry(e *view.Entry) {
	d.line("- **%s** %s · %s%s", e.OccurredAt.UTC().Format(time.TimeOnly), Plain(view.NameOthers(view.Name(e.Headline, d.Name), d.Other)), d.author(e), remarks(e))
	switch {
	case e.Text != "":
		d.WriteString("\n" + quote("  ", e.Text) + "\n")
	case e.Redacted:
		d.WriteString("\n  > *redacted*\n\n")
	}
}

func (d *document) author(e *view.Entry) string {
	if e.Author != "" {
		return Plain(e.Author)
	}
	return d.person(e.Actor)
}

func remarks(e *view.Entry) string {
	var said []string
	if e.Pinned {
		said = append(said, "pinned")
	}
	if e.Edited {
		said = append(said, "edited")
	}
	if e.RecordedAt.Sub(e.OccurredAt) > lateness {
		said = append(said, "written down "+instant(e.RecordedAt))
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// customers writes what customers were told.
func (d *document) customers() {
	for _, u := range d.Incident.Updates {
		head := "- **" + instant(u.PublishedAt) + "**"
		if u.Status != 0 {
			head += " " + words(u.Status.String())
		}
		if !u.NextUpdate.IsZero() {
			head += ", next update promised for " + instant(u.NextUpdate)
		}
		if u.Retracted {
			head += " (retracted)"
		}
		d.line("%s", head)
		d.message(u)
	}
}

func (d *document) message(u view.PublicUpdate) {
	e := d.Entry(u.Entry)
	switch {
	case u.Message != "":
		d.WriteString("\n" + quote("  ", u.Message) + "\n")
	case e != nil && e.Redacted:
		d.WriteString("\n  > *redacted*\n\n")
	}
}

// joined lists names.
func joined(names []string) string {
	plain := make([]string, len(names))
	for i, n := range names {
		plain[i] = Plain(n)
	}
	return strings.Join(plain, ", ")
}
