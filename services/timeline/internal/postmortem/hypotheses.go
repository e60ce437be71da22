package postmortem

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// hypotheses writes what was supposed to be the cause, eliminated ones too: they
// say why it took as long as it did.
func (d *document) hypotheses() {
	for i := range d.Incident.Hypotheses {
		if h := &d.Incident.Hypotheses[i]; !d.hidden(h.Entry) {
			d.hypothesis(h)
		}
	}
}

// hidden tells whether an entry was hidden from the curated timeline.
func (d *document) hidden(entry uint64) bool {
	e := d.Entry(entry)
	return e != nil && e.Hidden
}

func (d *document) hypothesis(h *view.Hypothesis) {
	text := Plain(h.Text)
	if text == "" {
		text = "*redacted*"
	}
	d.line("- **%s** %s · %s, %s", incident.HypothesisName(h.Number), text, h.Verdict, d.person(h.AddedBy))
	d.quoted("because", h.Because)
	d.quoted("would be eliminated by", h.Eliminate)
	for _, t := range h.Tests {
		if d.hidden(t.Entry) {
			continue
		}
		d.quoted("tested "+instant(t.OccurredAt), t.Text)
	}
	if h.Judged.Entry != 0 && !d.hidden(h.Judged.Entry) {
		word := h.Verdict.String()
		if h.Verdict == incident.VerdictOpen {
			word = "reopened"
		}
		d.quoted(word+" "+instant(h.Judged.OccurredAt), h.Judged.Text)
	}
}

// quoted writes what somebody said below a line that says what it is; nothing
// when nothing was said.
func (d *document) quoted(what, text string) {
	if text != "" {
		d.line("  - %s:\n\n%s", what, quote("    ", text))
	}
}
