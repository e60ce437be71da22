package draft

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

const redacted = "[redacted]"

func lines(all []string) string { return strings.Join(all, "\n") }

// cause is what was supposed and confirmed.
func (k *known) cause() string {
	var confirmed []string
	for _, h := range k.in.Hypotheses {
		if h.Verdict == incident.VerdictConfirmed && h.Text != "" && !k.hidden(h.Entry) {
			confirmed = append(confirmed, oneLine(h.Text))
		}
	}
	return strings.Join(confirmed, "; ")
}

// remedy is what was last said when the incident was mitigated or resolved.
func (k *known) remedy() string {
	ends := []string{(incident.Mitigated{}).Type(), (incident.Resolved{}).Type()}
	for n := range slices.Backward(k.View.Entries) {
		e := &k.View.Entries[n]
		if slices.Contains(ends, e.Type) && e.Shown() && e.Text != "" {
			return oneLine(e.Text)
		}
	}
	return ""
}

func (k *known) hypotheses() string {
	var all []string
	for _, h := range k.in.Hypotheses {
		if !k.hidden(h.Entry) {
			all = append(all, "- "+incident.HypothesisName(h.Number)+" "+cmp.Or(oneLine(h.Text), redacted)+": "+h.Verdict.String())
		}
	}
	return lines(all)
}

func (k *known) decisions() string {
	var all []string
	for _, d := range k.in.Decisions {
		if k.hidden(d.Entry) {
			continue
		}
		line := "- " + k.time(d.OccurredAt) + " " + words(d.Choice)
		if d.Text != "" {
			line += ": " + oneLine(d.Text)
		}
		all = append(all, line)
	}
	return lines(all)
}

// tasks are those that are not done.
func (k *known) tasks() string {
	var open []string
	for _, t := range k.in.Tasks {
		if t.Outcome != incident.OutcomeUnknown || k.hidden(t.Entry) {
			continue
		}
		line := "- " + cmp.Or(k.person(t.Owner), "nobody yet") + ": " + cmp.Or(oneLine(t.Text), redacted)
		if !t.Due.IsZero() {
			line += ", by " + k.time(t.Due)
		}
		open = append(open, line)
	}
	return lines(open)
}

// followUps are those that were not given up.
func (k *known) followUps() string {
	var all []string
	for _, f := range k.in.FollowUps {
		if f.Outcome == incident.Dropped || k.hidden(f.Entry) {
			continue
		}
		line := "- " + cmp.Or(oneLine(f.Text), redacted) + " (" + cmp.Or(k.person(f.Owner), "nobody yet")
		if !f.Due.IsZero() {
			line += ", by " + f.Due.UTC().Format(time.DateOnly)
		}
		if f.Outcome == incident.Done {
			line += ", done"
		}
		all = append(all, line+")")
	}
	return lines(all)
}

// timeline is the curated timeline in the order in which it happened.
func (k *known) timeline() string {
	entries := slices.Clone(k.View.Entries)
	slices.SortStableFunc(entries, func(a, b view.Entry) int { return a.OccurredAt.Compare(b.OccurredAt) })
	var all []string
	for n := range entries {
		e := &entries[n]
		if !e.Shown() {
			continue
		}
		line := "- " + k.time(e.OccurredAt) + " " + view.NameOthers(view.Name(e.Headline, k.Name), k.Other) + ", " + cmp.Or(e.Author, k.person(e.Actor), "nobody")
		switch {
		case e.Text != "":
			line += ": " + oneLine(e.Text)
		case e.Redacted:
			line += ": " + redacted
		}
		all = append(all, line)
	}
	return lines(all)
}

// promise is when customers will hear again; zero when they were promised nothing.
func promise(in *view.Incident) time.Time {
	for _, u := range slices.Backward(in.Updates) {
		if !u.Retracted {
			return u.NextUpdate
		}
	}
	return time.Time{}
}
