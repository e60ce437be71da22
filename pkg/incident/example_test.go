package incident_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// A command is decided on the state so far; its events lead to the next state.
func ExampleDecide() {
	now := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	ann := incident.Context{Actor: "p-ann", Authority: incident.Responder, Now: now}

	var state incident.State
	for _, cmd := range []incident.Command{
		incident.Declare{Number: 41, Title: "Checkout returns 502", Severity: incident.SEV2},
		incident.ChangeSeverity{To: incident.SEV1, Reason: "all customers"},
		incident.ChangeSeverity{To: incident.SEV1}, // so already: no event
	} {
		events, err := incident.Decide(state, cmd, ann)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, e := range events {
			fmt.Println(e.Type())
			state = incident.Evolve(state, incident.Recorded{Event: e, Meta: incident.Meta{Actor: ann.Actor}})
		}
	}
	fmt.Println(state.Title, state.Severity, state.Status)
	// Output:
	// incident.declared
	// incident.severity_changed
	// Checkout returns 502 SEV-1 investigating
}

// A refusal says what kind it is, for machines why, and for people what to do.
func ExampleRejection() {
	state := incident.Fold(
		incident.Recorded{Event: incident.Declared{Status: incident.StatusInvestigating}},
		incident.Recorded{Event: incident.Resolved{}},
	)
	bob := incident.Context{Actor: "p-bob", Authority: incident.Manager}
	_, err := incident.Decide(state, incident.Resolve{}, bob)

	if r, ok := errors.AsType[*incident.Rejection](err); ok {
		fmt.Println(r.Kind, r.Reason)
		fmt.Println(r.Message)
	}
	// Output:
	// already_done already_resolved
	// the incident is resolved already: add a note, close it, or reopen it
}

// When somebody else's change landed first, the command says whether its giver
// has to look again.
func ExampleConflicts() {
	before := incident.Fold(incident.Recorded{Event: incident.Declared{Severity: incident.SEV2, Status: incident.StatusTriage}})
	after := incident.Evolve(before, incident.Recorded{Event: incident.SeverityChanged{From: incident.SEV2, To: incident.SEV1}})

	fmt.Println(incident.Conflicts(incident.ChangeSeverity{To: incident.SEV3}, before, after))
	fmt.Println(incident.Conflicts(incident.AddNote{Text: "pool is exhausted"}, before, after))
	// Output:
	// true
	// false
}

func ExampleParseSeverity() {
	for _, word := range []string{"SEV-1", "p2", "minor"} {
		s, err := incident.ParseSeverity(word)
		fmt.Println(s, err)
	}
	// Output:
	// SEV-1 <nil>
	// SEV-2 <nil>
	// SEV-3 <nil>
}
