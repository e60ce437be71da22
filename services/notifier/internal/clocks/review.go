package clocks

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/recurrence"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// review looks at the categories of which something came, and has a review scheduled
// where a kind of cause came again.
func (k *Keeper) review(ctx context.Context, now time.Time) {
	for category, notBefore := range k.alike.due {
		if notBefore.After(now) {
			continue
		}
		delete(k.alike.due, category)
		rule, ok := k.book.Review(category)
		if !ok {
			continue
		}
		if ask, asked := recurrence.Next(k.alike.all(category), rule, now.Add(-forget), k.alike.skip); asked {
			k.schedule(ctx, ask, rule)
		}
	}
}

// schedule asks command for a review. One thing at a time, as with clocks: what is
// written comes back by the log, and then the category is looked at again.
func (k *Keeper) schedule(ctx context.Context, ask recurrence.Ask, rule playbook.Review) {
	r := &incidentv1.ScheduleReviewRequest{
		Incident: string(ask.Incident), Etag: strconv.FormatUint(ask.Revision, 10), OccurredAt: timestamppb.New(ask.Since),
		Category: ask.Category, Window: durationpb.New(rule.Within), DueTime: timestamppb.New(ask.Due),
	}
	for _, id := range ask.Earlier {
		r.Earlier = append(r.Earlier, string(id))
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := k.Commands.ScheduleReview(limited, r)
	// Also when it was written: should what was written not come, it is looked again.
	k.alike.asked[ask.Category], k.alike.due[ask.Category] = ask.Incident, k.Now().Add(retryAfter)
	if err == nil {
		return
	}
	if f := rpc.FailureOf(err); forGood(f.Code) {
		k.alike.refused[ask.Incident], k.alike.due[ask.Category] = ask.Revision, time.Time{}
		k.Logger.WarnContext(ctx, "a review was not scheduled", "incident_id", ask.Incident, "category", ask.Category, "error", f.Message)
		return
	}
	k.Logger.DebugContext(ctx, "a review is scheduled later", "incident_id", ask.Incident, "category", ask.Category, "error", err)
}

// forGood reports whether asking the same again would be refused again.
func forGood(code string) bool {
	switch code {
	case "failed_precondition", "not_found", "invalid_argument", "permission_denied", "unauthenticated", "already_exists":
		return true
	}
	return false
}
