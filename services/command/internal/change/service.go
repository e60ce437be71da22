package change

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/life"
)

// Service implements signalv1.ChangeServiceServer. Its fields are set once, before the
// first call.
type Service struct {
	signalv1.UnimplementedChangeServiceServer

	// Log is where changes live.
	Log eventlog.Log
	// Caller returns the opaque id of the person for whom a call is made, and that of the
	// authenticated caller; it refuses who may not act for somebody else.
	Caller func(ctx context.Context, onBehalfOf string) (actor, principal string, err error)
	// Now is the clock, Random the source of salts.
	Now    func() time.Time
	Random io.Reader
}

// RecordChange writes a report, unless it says nothing new. A report that
// names no time and tells of a further stage is of now.
func (s *Service) RecordChange(ctx context.Context, r *signalv1.RecordChangeRequest) (*signalv1.RecordChangeResponse, error) {
	actor, principal, err := s.Caller(ctx, r.GetOnBehalfOf())
	if err != nil {
		return nil, err
	}
	w := life.Writer[change.State]{
		Log: s.Log, Now: s.Now, Random: s.Random, Fold: change.Fold,
		End: func(state change.State) (chain.Head, bool) { return state.Head, state.Frozen },
	}
	answer := &signalv1.RecordChangeResponse{ChangeId: change.ID(r.GetSource(), r.GetKey())}
	request := life.Request[change.State]{Actor: actor, Principal: principal}
	at, err := w.Perform(ctx, change.Subject(answer.GetChangeId()), request, func(state change.State) (life.Draft, error) {
		report, news := state.News(state.Dated(reportOf(r), s.Now()))
		if answer.Unchanged = !news; !news {
			return nil, nil
		}
		return report.Draft, nil
	})
	if err != nil {
		return nil, fmt.Errorf("record change: %w", err)
	}
	answer.Position = at
	return answer, nil
}

func reportOf(r *signalv1.RecordChangeRequest) change.Report {
	return change.Report{
		Source: r.GetSource(), Key: r.GetKey(), Kind: change.Kind(r.GetKind()), Service: r.GetService(),
		Environment: r.GetEnvironment(), Version: r.GetVersion(),
		StartedAt: change.Time(r.GetStartedAtUs()), EndedAt: change.Time(r.GetEndedAtUs()),
		Outcome: change.Outcome(r.GetOutcome()), AuthorID: r.GetAuthorId(), SignalID: r.GetSignalId(),
		Title: r.GetTitle(), AuthorName: r.GetAuthorName(), Link: r.GetLink(), Description: r.GetDescription(), Labels: r.GetLabels(),
	}
}
