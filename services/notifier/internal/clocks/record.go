package clocks

import (
	"context"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// patience bounds one call.
const patience = 10 * time.Second

// record asks command to write down what a clock has passed. One thing at a time:
// what is written comes back by the log, and then the rest is looked at. The error is
// that of a process that is to die.
func (k *Keeper) record(ctx context.Context, w *watched, p passing) error {
	if err := pointBeforeClock.Hit(ctx); err != nil {
		return err
	}
	run := p.Run()
	policy, revision := k.policyOf(w, p)
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := k.Commands.RecordClock(limited, &incidentv1.RecordClockRequest{
		Incident: string(w.id), Etag: strconv.FormatUint(w.revision, 10), OccurredAt: timestamppb.New(p.at),
		Run:       &incidentv1.ClockRun{Clock: run.Clock, Subject: run.Subject, Start: run.Start},
		Threshold: incidentv1.ClockThreshold(p.threshold), DueTime: timestamppb.New(p.Due), Late: p.Late,
		Policy: policy, PolicyRevision: revision,
	})
	if hit := pointAfterClock.Hit(ctx); hit != nil {
		return hit
	}
	if err == nil && !r.GetResult().GetUnchanged() {
		return nil
	}
	w.next = k.Now().Add(retryAfter)
	if err == nil {
		return nil // another keeper was quicker; what it wrote is on its way
	}
	if f := rpc.FailureOf(err); forGood(f.Code) {
		w.refused = w.revision
		k.Logger.WarnContext(ctx, "a clock was not recorded", "incident_id", w.id, "clock", p.Key(), "error", f.Message)
		return nil
	}
	// Something came between, or command is away: it is computed again.
	k.Logger.DebugContext(ctx, "a clock is recorded later", "incident_id", w.id, "clock", p.Key(), "error", err)
	return nil
}

// policyOf says which clock policy counts for a clock, and its revision.
func (k *Keeper) policyOf(w *watched, p passing) (string, uint64) {
	name := ""
	if p.Clock == clock.Legal {
		name, _, _ = strings.Cut(p.Subject, "/")
	} else if phases := w.history.Facts().Phases; len(phases) > 0 {
		name = k.book.Policies().Of(phases[len(phases)-1].Severity).Name()
	}
	r, ok := k.book.Find("clock_policy", name)
	if !ok {
		return name, 0
	}
	return name, r.Revision
}
