package command_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// failOnce makes the process fail once at a point, as if it had died there: the
// caller gets no answer.
func failOnce(t *testing.T, point string) {
	t.Helper()
	var done atomic.Bool
	disarm, err := failpoint.Arm(point, func(context.Context) error {
		if done.Swap(true) {
			return nil
		}
		return failpoint.ErrInjected
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		disarm()
		if !done.Load() {
			t.Errorf("%s was never hit", point)
		}
	})
}

// untilAnswered repeats a call until it is answered, on a new service each time
// as after a crash, and returns how many tries it took.
func untilAnswered(t *testing.T, w *world, call func(clients) error) int {
	t.Helper()
	for tries := 1; tries <= 5; tries++ {
		n := w.start()
		err := call(n.as("ada"))
		n.stop()
		if err == nil {
			return tries
		}
	}
	t.Fatal("no answer after five tries")
	return 0
}

func TestAnInterruptedDeclarationIsOneIncident(t *testing.T) {
	for _, point := range []string{
		"command.received", "command.decided", "declare.before_claim", "declare.number_claimed", "command.before_reply",
	} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			w.start().stop() // the tokens exist before anything fails
			failOnce(t, point)
			request := &incidentv1.DeclareIncidentRequest{Title: "Checkout returns 502", RequestId: "d1"}
			var answer *incidentv1.WriteResult
			tries := untilAnswered(t, w, func(c clients) error {
				r, err := c.DeclareIncident(t.Context(), request)
				answer = r.GetResult()
				return err
			})
			incidents, err := w.log.Subjects(t.Context(), eventlog.FilterIncidents)
			numbers, err2 := w.log.Subjects(t.Context(), eventlog.FilterNumbers)
			if len(incidents) != 1 || len(numbers) != 1 || errors.Join(err, err2) != nil {
				t.Errorf("got %v and %v, want one incident and one number", incidents, numbers)
			}
			if tries != 2 || answer.GetNumber() != 1 || answer.GetRevision() != 1 {
				t.Errorf("got %v after %d tries, want INC-1 after 2", answer, tries)
			}
		})
	}
}

func TestAnInterruptedActIsDoneOnce(t *testing.T) {
	for _, point := range []string{
		"command.received", "command.decided", "command.before_append", "command.after_append", "command.before_reply",
	} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			n := w.start()
			n.as("ada").declare(t, "Checkout returns 502")
			n.stop()
			failOnce(t, point)
			var answer *incidentv1.WriteResult
			untilAnswered(t, w, func(c clients) error {
				r, err := c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", RequestId: "n1", Text: "pool exhausted"})
				answer = r.GetResult()
				return err
			})
			if !slices.Equal(answer.GetEntries(), []uint64{2}) || answer.GetRevision() != 2 {
				t.Errorf("got %v, want the note at revision 2", answer)
			}
			if got := revisions(t, w, answer.GetIncidentId()); got != 2 {
				t.Errorf("the log holds %d events, want 2", got)
			}
		})
	}
}

// revisions counts the events of an incident in the log, and verifies its chain.
func revisions(t *testing.T, w *world, id string) uint64 {
	t.Helper()
	messages, err := w.log.Load(t.Context(), "incident."+id, 0)
	if err != nil {
		t.Fatal(err)
	}
	v := chain.NewVerifier("incident." + id)
	for _, m := range messages {
		if err := v.Commit(m.Data); err != nil {
			t.Fatal(err)
		}
	}
	return v.Head().Revision
}

const canary = "hunter2-canary"

func TestARedactionTakesTextAwayAndNothingElse(t *testing.T) {
	for _, point := range []string{
		"", "redact.before_entry", "redact.before_record", "redact.between_entries", "redact.before_erase", "redact.after_erase", "command.before_reply",
	} {
		t.Run("interrupted at "+point, func(t *testing.T) {
			w := newWorld(t)
			n := w.start()
			ada := n.as("ada")
			declared := ada.declare(t, "Checkout returns 502")
			note := &incidentv1.AddNoteRequest{Incident: "1", RequestId: "n1", Text: "the password is " + canary, Pinned: true}
			noted, err := ada.AddNote(t.Context(), note)
			if err != nil {
				t.Fatal(err)
			}
			_, err = ada.EditEntry(t.Context(), &incidentv1.EditEntryRequest{Incident: "1", Entry: 2, Text: "it was " + canary})
			if err != nil {
				t.Fatal(err)
			}
			n.stop()
			if point != "" {
				failOnce(t, point)
			}
			redact := &incidentv1.RedactEntryRequest{Incident: "1", RequestId: "r1", Entry: 2, ReasonCode: "secret"}
			untilAnswered(t, w, func(c clients) error {
				_, err := c.RedactEntry(t.Context(), redact)
				return err
			})
			// A service that starts finishes what is left, before it is asked.
			last := w.start()
			waitUntil(t, func() bool { return !holdsCanary(t, w) })

			if got := revisions(t, w, declared.GetIncidentId()); got != 6 {
				t.Errorf("the log holds %d events, want declaration, note, pin, edit and two redactions", got)
			}
			again, err := last.as("ada").AddNote(t.Context(), note)
			if want := repeated(noted.GetResult()); err != nil || !proto.Equal(again.GetResult(), want) {
				t.Errorf("the note's request id leads to %v, %v, want %v", again.GetResult(), err, want)
			}
			once, err := last.as("ada").RedactEntry(t.Context(), redact)
			if err != nil || !once.GetResult().GetReplayed() {
				t.Errorf("the redaction's request id leads to %v, %v, want its first result", once.GetResult(), err)
			}
		})
	}
}

// holdsCanary tells whether any message of the log, as it is stored, has the
// canary.
func holdsCanary(t *testing.T, w *world) bool {
	t.Helper()
	head, err := w.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for sequence := uint64(1); sequence <= head.Sequence; sequence++ {
		m, err := w.log.At(t.Context(), sequence)
		if err != nil {
			t.Fatal(err)
		}
		if containsCanary(m.Data) {
			return true
		}
	}
	return false
}
