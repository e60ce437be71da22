package view

import (
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

func (f *folding) VisitClockWarned(e incident.ClockWarned) {
	f.entry.Headline = "Little time left: " + clockName(e.Run)
}

func (f *folding) VisitClockBreached(e incident.ClockBreached) {
	f.entry.Headline = "Overdue: " + clockName(e.Run)
}

func (f *folding) VisitClockMet(e incident.ClockMet) {
	f.entry.Headline = "In time: " + clockName(e.Run)
	if e.Late {
		f.entry.Headline = "Late, but done: " + clockName(e.Run)
	}
}

// clockName says in words what has to happen.
func clockName(run incident.ClockRun) string {
	words := strings.ReplaceAll(run.Clock, "_", " ")
	if kind, ok := clock.ParseKind(run.Clock); ok {
		words = kind.Words()
	}
	if run.Subject != "" {
		words += " (" + strings.ReplaceAll(run.Subject, "_", " ") + ")"
	}
	return words
}

func (f *folding) VisitLegalEventRecorded(e incident.LegalEventRecorded) {
	f.entry.Headline = "Law " + e.Regime + ": " + strings.ReplaceAll(e.Event.String(), "_", " ")
	if e.Report != "" {
		f.entry.Headline += " " + e.Report
	}
	f.entry.Text = e.Note
}

func (f *folding) VisitCommandExecuted(e incident.CommandExecuted) {
	f.entry.Headline = "Ran a command: " + e.Outcome()
	if e.Truncated {
		f.entry.Headline += ", output cut"
	}
	if e.Redactions > 0 {
		f.entry.Headline += ", secrets taken out: " + strconv.FormatUint(uint64(e.Redactions), 10)
	}
	if e.Command != "" || e.Output != "" {
		f.entry.Text = fenced("$ " + e.Command + "\n" + e.Output)
	}
}

// fenced makes Markdown that shows a text as it is, whatever it holds.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}
