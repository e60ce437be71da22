package view

import "github.com/bridgelog/bridgelog/pkg/incident"

// copyText gives the copies in the incident of what an entry says another text:
// the corrected one, or none.
func (v *View) copyText(entry uint64, text string) {
	v.copyHypotheses(entry, text)
	i := &v.Incident
	for n := range i.Assessments {
		i.Assessments[n].copyText(entry, text)
	}
	for n := range i.Decisions {
		if d := &i.Decisions[n]; d.Entry == entry {
			d.Text, d.Options = incident.SplitDecision(text)
		}
	}
	for n := range i.BlastRadii {
		if b := &i.BlastRadii[n]; b.Entry == entry {
			b.Text, b.CustomerNames = incident.SplitBlastRadius(text)
		}
	}
}

func (v *View) copyHypotheses(entry uint64, text string) {
	for i := range v.Incident.Hypotheses {
		h := &v.Incident.Hypotheses[i]
		if h.Entry == entry {
			h.Text, h.Because, h.Eliminate = incident.SplitHypothesis(text)
		}
		h.Judged.copyText(entry, text)
		for n := range h.Tests {
			h.Tests[n].copyText(entry, text)
		}
	}
}

func (f *Finding) copyText(entry uint64, text string) {
	if f.Entry == entry {
		f.Text = text
	}
}
