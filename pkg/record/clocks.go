package record

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func runFacts(r incident.ClockRun) *incidentv1.ClockRun {
	return &incidentv1.ClockRun{Clock: r.Clock, Subject: r.Subject, Start: r.Start}
}

func clockRun(r *incidentv1.ClockRun) incident.ClockRun {
	return incident.ClockRun{Clock: r.GetClock(), Subject: r.GetSubject(), Start: r.GetStart()}
}

func (e *encoder) VisitClockWarned(v incident.ClockWarned) {
	e.facts = &incidentv1.ClockWarnedFacts{
		Run: runFacts(v.Run), DueUs: micros(v.Due), Policy: v.Policy, PolicyRevision: v.PolicyRevision,
	}
}

func clockWarned(f *incidentv1.ClockWarnedFacts) incident.ClockWarned {
	return incident.ClockWarned{Run: clockRun(f.Run), Due: instant(f.DueUs), Policy: f.Policy, PolicyRevision: f.PolicyRevision}
}

func (e *encoder) VisitClockBreached(v incident.ClockBreached) {
	e.facts = &incidentv1.ClockBreachedFacts{
		Run: runFacts(v.Run), DueUs: micros(v.Due), Policy: v.Policy, PolicyRevision: v.PolicyRevision,
	}
}

func clockBreached(f *incidentv1.ClockBreachedFacts) incident.ClockBreached {
	return incident.ClockBreached{Run: clockRun(f.Run), Due: instant(f.DueUs), Policy: f.Policy, PolicyRevision: f.PolicyRevision}
}

func (e *encoder) VisitClockMet(v incident.ClockMet) {
	e.facts = &incidentv1.ClockMetFacts{
		Run: runFacts(v.Run), DueUs: micros(v.Due), Late: v.Late, Policy: v.Policy, PolicyRevision: v.PolicyRevision,
	}
}

func clockMet(f *incidentv1.ClockMetFacts) incident.ClockMet {
	return incident.ClockMet{
		Run: clockRun(f.Run), Due: instant(f.DueUs), Late: f.Late, Policy: f.Policy, PolicyRevision: f.PolicyRevision,
	}
}

func (e *encoder) VisitLegalEventRecorded(v incident.LegalEventRecorded) {
	e.facts = &incidentv1.LegalEventRecordedFacts{Regime: v.Regime, Event: incidentv1.LegalEvent(v.Event), Report: v.Report}
	e.content = &incidentv1.LegalEventRecordedContent{Note: v.Note}
}

func legalEventRecorded(f *incidentv1.LegalEventRecordedFacts, c *incidentv1.LegalEventRecordedContent) incident.LegalEventRecorded {
	return incident.LegalEventRecorded{
		Regime: f.Regime, Event: term[incident.LegalEvent](f.Event), Report: f.Report, Note: c.Note,
	}
}

func (e *encoder) VisitCommandExecuted(v incident.CommandExecuted) {
	e.facts = &incidentv1.CommandExecutedFacts{
		ExitCode: v.ExitCode, DurationUs: v.Duration.Microseconds(), Truncated: v.Truncated, Redactions: v.Redactions,
	}
	e.content = &incidentv1.CommandExecutedContent{Command: v.Command, Output: v.Output}
}

func commandExecuted(f *incidentv1.CommandExecutedFacts, c *incidentv1.CommandExecutedContent) incident.CommandExecuted {
	return incident.CommandExecuted{
		Command: c.Command, ExitCode: f.ExitCode, Duration: time.Duration(f.DurationUs) * time.Microsecond, Output: c.Output,
		Truncated: f.Truncated, Redactions: f.Redactions,
	}
}
