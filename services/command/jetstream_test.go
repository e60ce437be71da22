package command_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// diskWorld is a world on an embedded server that syncs every write.
func diskWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, natstest.Start(t).Log(jetstream.Config{}, jetstream.Options{}))
}

func TestTwoServicesOnDisk(t *testing.T) {
	w := diskWorld(t)
	nodes := []*node{w.start(), w.start()}
	var numbers sync.Map
	var running sync.WaitGroup
	for i := range 4 {
		c := nodes[i%2].as("mia")
		running.Go(func() {
			for j := range 5 {
				request := &incidentv1.DeclareIncidentRequest{Title: "Checkout returns 502", RequestId: fmt.Sprint(i, "-", j)}
				r, err := c.DeclareIncident(t.Context(), request)
				if err != nil {
					t.Error(err)
					return
				}
				numbers.Store(r.GetResult().GetNumber(), true)
				again, err := nodes[(i+1)%2].as("mia").DeclareIncident(t.Context(), request)
				if err != nil || again.GetResult().GetNumber() != r.GetResult().GetNumber() {
					t.Errorf("repeated elsewhere: got %v, %v", again.GetResult(), err)
				}
			}
		})
	}
	running.Wait()
	for n := uint64(1); n <= 20; n++ {
		if _, ok := numbers.Load(n); !ok {
			t.Errorf("number %d is missing", n)
		}
	}
	outcomes := importAll(t, nodes[0].as("mia"), history("a", 3), history("b", 2))
	checkOutcome(t, outcomes[1], &incidentv1.ImportOutcome{Number: 22, Events: 3})
	_, err := nodes[1].as("mia").RedactEntry(t.Context(), &incidentv1.RedactEntryRequest{Incident: "INC-22", Entry: 2, ReasonCode: "secret"})
	if err != nil {
		t.Error(err)
	}
	if got := revisions(t, w, outcomes[1].GetIncidentId()); got != 4 {
		t.Errorf("the log holds %d events, want 4", got)
	}
}

// register is an operation on the severity of one incident: a change, whose
// answer says whether it took effect, seen as a register that holds revisions.
type register struct {
	etag  string // what the change was conditional on; "" for none
	to    incidentv1.Severity
	rev   uint64 // revision afterwards, when it took effect
	taken bool   // it took effect
}

// TestSeverityIsLinearizable has commanders change the severity of one incident
// on two services at once, with the etag that they saw last: each change that is
// answered must have taken effect between its call and its answer, on exactly the
// state that it named.
func TestSeverityIsLinearizable(t *testing.T) {
	for name, w := range map[string]*world{"memory": newWorld(t), "disk": diskWorld(t)} {
		t.Run(name, func(t *testing.T) {
			nodes := []*node{w.start(), w.start()}
			nodes[0].as("mia").declare(t, "Checkout returns 502")
			var mu sync.Mutex
			var history []porcupine.Operation
			var taken atomic.Int64
			began := time.Now()
			var running sync.WaitGroup
			for client := range 6 {
				c := nodes[client%2].as("mia")
				running.Go(func() {
					etag := "1"
					for i := range 25 {
						op := register{etag: etag, to: incidentv1.Severity(1 + (client+i)%3)}
						call := time.Since(began).Nanoseconds()
						r, err := c.ChangeSeverity(t.Context(), &incidentv1.ChangeSeverityRequest{Incident: "1", Severity: op.to, Etag: etag})
						end := time.Since(began).Nanoseconds()
						switch {
						case err == nil:
							op.taken, op.rev = true, r.GetResult().GetRevision()
							etag = r.GetResult().GetEtag()
							taken.Add(1)
						case rpc.FailureOf(err).Code == "aborted":
							etag = latest(t, c)
						default:
							t.Error(err)
							return
						}
						mu.Lock()
						history = append(history, porcupine.Operation{ClientId: client, Input: op, Output: op, Call: call, Return: end})
						mu.Unlock()
					}
				})
			}
			running.Wait()
			if taken.Load() < 10 {
				t.Errorf("only %d changes took effect", taken.Load())
			}
			if result := porcupine.CheckOperationsTimeout(severityModel(), history, time.Minute); result != porcupine.Ok {
				t.Errorf("the history is %s", result)
			}
		})
	}
}

// latest asks for the etag by an act that changes nothing.
func latest(t *testing.T, c clients) string {
	t.Helper()
	r, err := c.AcknowledgeIncident(context.WithoutCancel(t.Context()), &incidentv1.AcknowledgeIncidentRequest{Incident: "1"})
	if err != nil {
		t.Error(err)
		return ""
	}
	return r.GetResult().GetEtag()
}

// severityModel is a register of (revision, severity) with compare-and-set.
// Acknowledgements move the revision too, so a change may skip revisions that
// they took, but never go back.
func severityModel() porcupine.Model {
	type state struct {
		rev      uint64
		severity incidentv1.Severity
	}
	return porcupine.Model{
		Init: func() any { return state{1, incidentv1.Severity_SEVERITY_SEV2} },
		Step: func(s, in, _ any) (bool, any) {
			now, op := s.(state), in.(register)
			if !op.taken {
				return true, now // an aborted change changes nothing
			}
			if op.to == now.severity { // nothing to do: answered with what is
				return op.rev >= now.rev, state{op.rev, now.severity}
			}
			seen := uint64(0)
			_, _ = fmt.Sscan(op.etag, &seen)
			return seen >= now.rev && op.rev == seen+1, state{op.rev, op.to}
		},
	}
}
