package runbook

import (
	"slices"
	"strings"
)

// part is one of the things that a runbook holds at least, as the built-in checklist for
// runbooks has them, and words of headings under which teams write it.
type part struct {
	id    string
	words []string
}

func parts() []part {
	return []part{
		{"meaning", []string{"meaning", "what it means", "what does", "overview", "summary", "about"}},
		{"urgency", []string{"urgency", "impact", "severity", "declare"}},
		{"check", []string{"check", "diagnos", "investigat", "triage", "debug"}},
		{"mitigate", []string{"mitigat", "remediat", "resolution", "resolve", "fix", "action", "rollback"}},
		{"verify", []string{"verif", "confirm", "recovered", "validat"}},
		{"escalate", []string{"escalat", "contact", "whom to call", "who to call"}},
		{"reviewed", []string{"review", "owner", "maintain", "last tried", "tested"}},
	}
}

// Lacks lists what a runbook in Markdown lacks, by the ids of the built-in checklist for
// runbooks. A part is there when a heading says so and something stands below it.
func Lacks(markdown []byte) []string {
	var there []string
	var open []string // the parts of the headings above
	level, fenced := 0, false
	for line := range strings.Lines(string(markdown)) {
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "```") || strings.HasPrefix(text, "~~~") {
			fenced = !fenced
		}
		depth := len(text) - len(strings.TrimLeft(text, "#"))
		switch {
		case fenced || depth == 0 || depth > 6 || !strings.HasPrefix(text[depth:], " "):
			if text != "" && !promises(text) {
				there = append(there, open...)
			}
			continue
		case depth <= level:
			open = nil
		}
		level = depth
		heading := strings.ToLower(text[depth:])
		for _, p := range parts() {
			if slices.ContainsFunc(p.words, func(w string) bool { return strings.Contains(heading, w) }) {
				open = append(open, p.id)
			}
		}
	}
	var lacks []string
	for _, p := range parts() {
		if !slices.Contains(there, p.id) {
			lacks = append(lacks, p.id)
		}
	}
	return lacks
}
