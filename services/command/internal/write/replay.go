package write

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// replay answers a repeated request with its first result, or refuses it when its
// body is another one. After a redaction the two cannot be told apart any more,
// and the first result is the answer.
func (s *Service) replay(ctx context.Context, d *history.Desk, a act, first history.Answer) (*incidentv1.WriteResult, error) {
	m, err := s.Log.At(ctx, first.Sequence)
	if err != nil {
		return nil, fmt.Errorf("look up the first result: %w", err)
	}
	commit, err := chain.Open(m.Data)
	if err != nil {
		return nil, fmt.Errorf("look up the first result: %w", err)
	}
	same, err := chain.SameRequest(commit, a.body)
	if err != nil {
		return nil, err
	}
	if same == chain.SameNo {
		return nil, &rpc.Refusal{
			Code: codes.AlreadyExists, Reason: "request_id_reused", Field: "request_id",
			Message: "this request id was used for something else: use a new one for a new act",
		}
	}
	position, err := m.Position()
	if err != nil {
		return nil, err
	}
	result := resultOf(d, a, first.First, first.Last, position)
	result.Replayed = true
	events, err := storedEvents(commit)
	if err != nil {
		return nil, err
	}
	name(result, events)
	s.Observer.Replayed()
	return result, nil
}

func storedEvents(c chain.Commit) ([]incident.Event, error) {
	var events []incident.Event
	for _, r := range c.Records {
		recorded, err := record.Decode(r)
		if err != nil && !errors.Is(err, record.ErrUnknownCritical) {
			return nil, fmt.Errorf("look up the first result: %w", err)
		}
		events = append(events, recorded.Event)
	}
	return events, nil
}
