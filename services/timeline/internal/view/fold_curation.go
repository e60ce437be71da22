package view

import (
	"slices"
	"strconv"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitEntryEdited(e incident.EntryEdited) {
	f.corrections = append(f.corrections, correction{
		revision: f.meta.Revision, target: e.Entry, occurredAt: f.meta.OccurredAt,
		text: e.Text, redacted: f.entry.Redacted,
	})
	f.curates(e.Entry, "edited")
	f.entry.Text = e.Text
	if e.Reason != "" {
		f.entry.Text = joinText(e.Text, "Why: "+e.Reason)
	}
	f.correct(e.Entry)
}

func (f *folding) VisitEntryPinned(e incident.EntryPinned) {
	f.curates(e.Entry, choose(e.Pinned, "pinned", "no longer pinned"))
	if t := f.Entry(e.Entry); t != nil {
		t.Pinned = e.Pinned
		f.touched = append(f.touched, e.Entry)
	}
}

func (f *folding) VisitEntryHidden(e incident.EntryHidden) {
	f.curates(e.Entry, choose(e.Hidden, "hidden", "shown again"))
	f.entry.Text = e.Reason
	if t := f.Entry(e.Entry); t != nil {
		t.Hidden = e.Hidden
		f.touched = append(f.touched, e.Entry)
	}
}

func (f *folding) VisitEntryRedacted(e incident.EntryRedacted) {
	f.curates(e.Entry, "redacted")
	if e.ReasonCode != "" {
		f.entry.Headline += " (" + e.ReasonCode + ")"
	}
	f.entry.Text = e.Reason
	f.Redact(e.Entry)
}

// curates marks the entry as one about another entry.
func (f *folding) curates(target uint64, what string) {
	f.entry.Curation, f.entry.Target = true, target
	f.entry.Headline = "Entry " + strconv.FormatUint(target, 10) + " " + what
}

// Redact takes away what people wrote in an entry, wherever the view shows it,
// also when the view does not hold the entry itself. Facts stay.
func (v *View) Redact(revision uint64) {
	if e := v.Entry(revision); e != nil {
		e.Redacted = true
		e.Text, e.Original, e.Author = "", "", ""
	}
	v.redactOrigin(revision)
	for i := range v.corrections {
		if c := &v.corrections[i]; c.revision == revision {
			c.redacted, c.text = true, ""
			v.correct(c.target)
		}
	}
	// A declaration that was corrected after its redaction has a text again.
	v.correct(revision)
}

// redactOrigin clears the copies of an entry's content in the incident.
func (v *View) redactOrigin(revision uint64) {
	v.Incident.forget(revision)
	v.redactCheck(revision)
	if revision == v.original.entry {
		v.original.title, v.original.summary = "", ""
	}
	for i := range v.Incident.Updates {
		if u := &v.Incident.Updates[i]; u.Entry == revision {
			u.Message, u.Title = "", ""
		}
	}
	for i := range v.Incident.Alerts {
		if a := &v.Incident.Alerts[i]; a.Entry == revision {
			a.Title, a.URL = "", ""
		}
	}
	v.copyText(revision, "")
}

// correct computes the text of an entry anew from what was written at first and
// its corrections.
func (v *View) correct(target uint64) {
	if target == v.original.entry {
		v.retitle()
	}
	e := v.Entry(target)
	if e == nil {
		return
	}
	v.touched = append(v.touched, target)
	original := e.Text
	if e.Edited {
		original = e.Original
	}
	last := v.lastCorrection(target)
	e.Edited, e.Text, e.Original = last != nil, original, ""
	if last != nil {
		e.Text, e.Original = v.corrected(target, original, last.text), original
	}
	for i := range v.Incident.Updates {
		if u := &v.Incident.Updates[i]; u.Entry == target {
			u.Message = e.Text
		}
	}
	v.Incident.reword(target, e.Text)
	v.copyText(target, e.Text)
}

// corrected is what an entry says after its corrections: the last one, but for a
// hypothesis, of which each may leave the reasons as they were.
func (v *View) corrected(target uint64, original, last string) string {
	if !slices.ContainsFunc(v.Incident.Hypotheses, func(h Hypothesis) bool { return h.Entry == target }) {
		return last
	}
	text, because, eliminate := incident.SplitHypothesis(original)
	for _, c := range v.corrections {
		if c.target == target && !c.redacted {
			text, because, eliminate = incident.CorrectHypothesis(because, eliminate, c.text)
		}
	}
	return incident.JoinHypothesis(text, because, eliminate)
}

// lastCorrection is the newest one whose text is not gone.
func (v *View) lastCorrection(target uint64) *correction {
	for i := len(v.corrections) - 1; i >= 0; i-- {
		if c := &v.corrections[i]; c.target == target && !c.redacted {
			return c
		}
	}
	return nil
}

// retitle computes title and summary anew.
func (v *View) retitle() {
	v.Incident.Title, v.Incident.Summary = v.original.title, v.original.summary
	for _, c := range v.corrections {
		if c.target != v.original.entry || c.redacted {
			continue
		}
		if v.titleUntil.IsZero() || !c.occurredAt.After(v.titleUntil) {
			v.Incident.Title, v.Incident.Summary = incident.SplitTitle(c.text)
		}
	}
}

func choose(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}
