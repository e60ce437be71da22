package incidenttest

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Samples returns one event of each type in the order of incident.Types, with
// every field filled.
func Samples() []incident.Event {
	return slices.Concat(lifeSamples(), entrySamples(), workSamples(), investigationSamples(), clockSamples())
}

func lifeSamples() []incident.Event {
	return []incident.Event{
		incident.Declared{
			Number: 41, Title: "Checkout returns 502", Summary: "Since the 03:00 deploy.",
			Severity: incident.SEV1, Status: incident.StatusInvestigating, Kind: incident.Maintenance,
			Private: true, Drill: true, Origin: incident.OriginAlert, Services: []string{"checkout", "payments"},
			AlertID: "alert-1", ScheduledStart: Start(), ScheduledEnd: Start().Add(time.Hour),
			External: incident.ExternalReference{System: "statuspage:acme", ID: "k3x9", URL: "https://status.example/k3x9"},
			Category: "change",
		},
		incident.Acknowledged{Reason: "I look at the pool."},
		incident.SeverityChanged{From: incident.SEV1, To: incident.SEV2, Reason: "Only card payments fail."},
		incident.StatusChanged{From: incident.StatusTriage, To: incident.StatusIdentified, Reason: "Pool exhausted."},
		incident.Mitigated{Summary: "Rolled back."},
		incident.Resolved{From: incident.StatusMonitoring, Automatic: true, Summary: "Error rate is normal."},
		incident.Reopened{From: incident.StatusResolved, Reason: "It is back."},
		incident.Closed{Reason: "Follow-ups are filed."},
		incident.Cancelled{From: incident.StatusTriage, Reason: "The probe was broken."},
		incident.Merged{Into: "inc-7", Reason: "Same cause."},
		incident.RoleAssigned{Role: incident.Commander, Person: "p-ann", Previous: "p-bob"},
		incident.RoleHandedOver{Role: incident.Scribe, From: "p-ann", To: "p-cy", Summary: "Notes are complete."},
		incident.RoleReleased{Role: incident.TechnicalLead, Person: "p-cy"},
	}
}

func entrySamples() []incident.Event {
	suffering := []incident.ComponentImpact{
		{Component: "api", Status: incident.PartialOutage}, {Component: "web", Status: incident.DegradedPerformance},
	}
	return []incident.Event{
		incident.UpdatePosted{Text: "Checking database connections now.", Author: "night shift"},
		incident.NoteAdded{Text: "Pool size was *20*.", Label: "observation", Author: "a vendor"},
		incident.ImpactChanged{Components: suffering},
		incident.PublicUpdatePublished{
			UpdateID: "u-1", Pages: []string{"main"}, Status: incident.StatusInvestigating,
			Message: "Some payments fail.", Title: "Payment errors", Components: suffering,
			NextUpdate: Start().Add(30 * time.Minute), Impact: "major", SourceStatus: "in_progress",
		},
		incident.PublicUpdateRetracted{UpdateID: "u-1", Reason: "Wrong page."},
		incident.EntryEdited{Entry: 3, Text: "Pool size was *25*.", Reason: "Misread."},
		incident.EntryPinned{Entry: 3, Pinned: true},
		incident.EntryHidden{Entry: 3, Hidden: true, Reason: "Noise."},
		incident.EntryRedacted{Entry: 3, ReasonCode: "secret", Reason: "Held a password."},
		incident.AlertLinked{
			AlertID: "alert-2", Fingerprint: "9a8b7c", Source: "alertmanager",
			Title: "HighErrorRate", URL: "https://prometheus.example/graph",
		},
	}
}

func clockSamples() []incident.Event {
	run := incident.ClockRun{Clock: "legal", Subject: "nis2/early-warning", Start: 1}
	due := Start().Add(24 * time.Hour)
	return []incident.Event{
		incident.ClockWarned{Run: run, Due: due, Policy: "nis2", PolicyRevision: 3},
		incident.ClockBreached{Run: run, Due: due, Policy: "nis2", PolicyRevision: 3},
		incident.ClockMet{Run: run, Due: due, Late: true, Policy: "nis2", PolicyRevision: 3},
		incident.LegalEventRecorded{
			Regime: "nis2", Event: incident.LegalSubmitted, Report: "early-warning", Note: "Filed by the portal.",
		},
		incident.CommandExecuted{
			Command: "kubectl rollout undo deployment/checkout", ExitCode: 1, Duration: 3*time.Second + 250*time.Millisecond,
			Output: "error: not found", Truncated: true, Redactions: 2,
		},
		incident.CheckRecorded{
			CheckKey: incident.CheckKey{Run: "declaration", Service: "checkout", Metric: "a1b2c3"},
			CheckResult: incident.CheckResult{
				Kind: incident.MetricTraffic, Integration: "prometheus", Verdict: incident.CheckUnusual,
				Value: incident.Measured{Value: 0.25, Known: true}, Yesterday: incident.Measured{Value: 0.01, Known: true},
				LastWeek: incident.Measured{Value: 0, Known: true},
				Began:    Start().Add(-10 * time.Minute), Trend: incident.TrendWorse, From: Start().Add(-90 * time.Minute), Until: Start(),
				AskedBy: "p-ann", Title: "errors", Query: "rate(errors[5m])", Unit: "errors/s",
				Reason: "0.25 errors/s now, above what is usual", Now: []incident.CheckPoint{{Offset: time.Minute, Value: 0.25}},
				DayBefore:  []incident.CheckPoint{{Value: 0.01}, {Offset: time.Minute, Value: 0.02}},
				WeekBefore: []incident.CheckPoint{{Value: 0}},
			},
		},
	}
}
