package incidenttest

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Samples returns one event of each type in the order of incident.Types, with
// every field filled.
func Samples() []incident.Event {
	return append(lifeSamples(), entrySamples()...)
}

func lifeSamples() []incident.Event {
	return []incident.Event{
		incident.Declared{
			Number: 41, Title: "Checkout returns 502", Summary: "Since the 03:00 deploy.",
			Severity: incident.SEV1, Status: incident.StatusInvestigating, Kind: incident.Maintenance,
			Private: true, Drill: true, Origin: incident.OriginAlert, Services: []string{"checkout", "payments"},
			AlertID: "alert-1", ScheduledStart: Start(), ScheduledEnd: Start().Add(time.Hour),
			External: incident.ExternalReference{System: "statuspage:acme", ID: "k3x9", URL: "https://status.example/k3x9"},
		},
		incident.Acknowledged{},
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
