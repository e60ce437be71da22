package page

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/life"
)

// RecordPageOutcome writes what came of telling a person by one way, unless that, or what
// came after it, is written already.
func (s *Service) RecordPageOutcome(ctx context.Context, r *signalv1.RecordPageOutcomeRequest) (*signalv1.RecordPageOutcomeResponse, error) {
	if err := s.onlyOurs(ctx, "know whether somebody was told: acknowledge the alert instead"); err != nil {
		return nil, err
	}
	outcome := page.Outcome{
		Person: r.GetPersonId(), Way: int(r.GetWay()), Attempt: int(r.GetAttempt()), At: time.UnixMicro(r.GetAtUs()).UTC(),
		Reason: r.GetReason(), Problem: incident.Sanitize(r.GetProblem()),
	}
	final := r.GetOutcome() != signalv1.PageOutcome_PAGE_OUTCOME_ATTEMPTED
	w := s.writer()
	position, err := w.Record(ctx, page.Subject(r.GetPageId()), func(state page.State) (life.Draft, error) {
		if !state.Began() {
			return nil, noSuchPage()
		}
		if way, ok := state.Way(outcome.Person, outcome.Way); !ok || !way.Usable() || state.Requested.Shadow {
			return nil, &rpc.Refusal{
				Code: codes.FailedPrecondition, Reason: "not_asked", Field: "way",
				Message: "this page does not tell this person by this way",
			}
		}
		if !state.News(outcome, final) {
			return nil, nil
		}
		switch r.GetOutcome() {
		case signalv1.PageOutcome_PAGE_OUTCOME_DELIVERED:
			return page.Delivered{Outcome: outcome}.Draft, nil
		case signalv1.PageOutcome_PAGE_OUTCOME_FAILED:
			return page.Failed{Outcome: outcome}.Draft, nil
		default:
			return page.Attempted{Outcome: outcome}.Draft, nil
		}
	})
	if err != nil {
		return nil, fmt.Errorf("record outcome of a page: %w", err)
	}
	return &signalv1.RecordPageOutcomeResponse{Position: position, Unchanged: position == ""}, nil
}
