package command_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func TestAStaleEtagIsAborted(t *testing.T) {
	w := newWorld(t)
	a, b := w.start().as("ada"), w.start().as("mia")
	seen := a.declare(t, "Checkout returns 502")
	if _, err := b.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "I am on it"}); err != nil {
		t.Fatal(err)
	}
	_, err := a.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "me too", Etag: seen.GetEtag()})
	refused(t, err, "aborted", "stale_etag")
	if _, err := a.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "me too", Etag: "2"}); err != nil {
		t.Errorf("a current etag was refused: %v", err)
	}
}

func TestAServiceThatIsBehindRefusesNothingWrongly(t *testing.T) {
	w := newWorld(t)
	a, b := w.start().as("ada"), w.start().as("mia")
	a.declare(t, "Checkout returns 502")
	resolve := &incidentv1.ResolveIncidentRequest{Incident: "INC-1"}
	if _, err := b.ResolveIncident(t.Context(), resolve); err != nil {
		t.Fatal(err)
	}
	// What a has folded still says that the incident is open.
	if _, err := a.ReopenIncident(t.Context(), &incidentv1.ReopenIncidentRequest{Incident: "INC-1", Reason: "again"}); err != nil {
		t.Errorf("reopening was refused: %v", err)
	}
	// And b still believes that it is resolved.
	if _, err := b.ResolveIncident(t.Context(), resolve); err != nil {
		t.Errorf("resolving was refused: %v", err)
	}
}

func TestNotesCommute(t *testing.T) {
	w := newWorld(t)
	nodes := []*node{w.start(), w.start()}
	nodes[0].as("ada").declare(t, "Checkout returns 502")
	const each = 20
	var writers sync.WaitGroup
	for i := range 8 {
		c := nodes[i%2].as("ada")
		writers.Go(func() {
			for j := range each {
				if _, err := c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", Text: fmt.Sprint(i, j)}); err != nil {
					t.Errorf("note %d of writer %d: %v", j, i, err)
				}
			}
		})
	}
	writers.Wait()
	r, err := nodes[0].as("ada").AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", Text: "last"})
	if want := uint64(8*each + 2); err != nil || r.GetResult().GetRevision() != want {
		t.Errorf("got %v, %v, want revision %d", r, err, want)
	}
}

func TestNumbersHaveNoGaps(t *testing.T) {
	w := newWorld(t)
	nodes := []*node{w.start(), w.start()}
	const writers, each = 8, 15
	var mu sync.Mutex
	var numbers []int
	var running sync.WaitGroup
	for i := range writers {
		c := nodes[i%2].as("ada")
		running.Go(func() {
			for range each {
				r, err := c.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "Checkout returns 502"})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				numbers = append(numbers, int(r.GetResult().GetNumber()))
				mu.Unlock()
			}
		})
	}
	running.Wait()
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != i+1 {
			t.Fatalf("got numbers %v, want 1 to %d", numbers, writers*each)
		}
	}
	subjects, err := w.log.Subjects(t.Context(), eventlog.FilterIncidents)
	if err != nil || len(subjects) != writers*each || len(numbers) != len(subjects) {
		t.Errorf("got %d incidents (%v), want %d", len(subjects), err, writers*each)
	}
}

func TestTheSameDeclarationAtOnceIsOneIncident(t *testing.T) {
	w := newWorld(t)
	nodes := []*node{w.start(), w.start()}
	request := &incidentv1.DeclareIncidentRequest{Title: "Checkout returns 502", RequestId: "once"}
	ids := make([]string, 8)
	var running sync.WaitGroup
	for i := range ids {
		c := nodes[i%2].as("ada")
		running.Go(func() {
			r, err := c.DeclareIncident(t.Context(), request)
			if err != nil {
				t.Error(err)
			}
			ids[i] = fmt.Sprint(r.GetResult().GetNumber(), r.GetResult().GetIncidentId())
		})
	}
	running.Wait()
	if slices.Sort(ids); ids[0] != ids[len(ids)-1] || ids[0] == "" {
		t.Errorf("got %q, want one incident", ids)
	}
	if next := nodes[0].as("ada").declare(t, "Search is down"); next.GetNumber() != 2 {
		t.Errorf("the next number is %d, want 2", next.GetNumber())
	}
}

func TestTwoCommandersChangeSeverityAtOnce(t *testing.T) {
	w := newWorld(t)
	nodes := []*node{w.start(), w.start()}
	nodes[0].as("mia").declare(t, "Checkout returns 502")
	severities := []incidentv1.Severity{incidentv1.Severity_SEVERITY_SEV1, incidentv1.Severity_SEVERITY_SEV3}
	errs := make([]error, 2)
	var running sync.WaitGroup
	for i, n := range nodes {
		c := n.as("mia")
		running.Go(func() {
			_, errs[i] = c.ChangeSeverity(t.Context(), &incidentv1.ChangeSeverityRequest{
				Incident: "INC-1", Severity: severities[i], Etag: "1",
			})
		})
	}
	running.Wait()
	won := slices.IndexFunc(errs, func(err error) bool { return err == nil })
	if won < 0 || errs[1-won] == nil {
		t.Fatalf("got %v, want one winner", errs)
	}
	if f := rpc.FailureOf(errs[1-won]); f.Code != "aborted" || f.Message == "" {
		t.Errorf("the loser got %+v, want aborted", f)
	}
}
