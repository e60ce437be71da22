package write

import (
	"context"
	"errors"
	"strconv"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// carryOut decides on the incident's desk and appends, again while others are
// quicker. Whatever is not an append (a refusal, an old answer, nothing to do) is
// said only when the desk is as far as the log.
func (s *Service) carryOut(ctx context.Context, a act) (*incidentv1.WriteResult, error) {
	d, err := s.Store.Open(ctx, a.incident)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for {
		events, answer, refusal := s.consider(ctx, d, a)
		if len(events) == 0 {
			moved, err := d.Refresh(ctx)
			if err != nil {
				return nil, err
			}
			if moved {
				continue
			}
			return answer, refusal
		}
		if err := pointDecided.Hit(ctx); err != nil {
			return nil, err
		}
		result, err := s.append(ctx, d, a, events)
		if !errors.Is(err, eventlog.ErrConflict) {
			return result, err
		}
		if err := d.Moved(ctx); err != nil {
			return nil, err
		}
		s.Observer.Conflicted(true)
	}
}

// consider looks at the desk as it is: events to append, or the answer, or why
// not.
func (s *Service) consider(ctx context.Context, d *history.Desk, a act) ([]incident.Event, *incidentv1.WriteResult, error) {
	if first, repeated := d.Answer(string(a.who.principal), a.requestID); repeated {
		result, err := s.replay(ctx, d, a, first)
		return nil, result, err
	}
	if !a.who.sees(d.State) {
		return nil, nil, errHidden("incident")
	}
	if a.problem != nil {
		return nil, nil, a.problem
	}
	if err := s.checkRace(d, a); err != nil {
		return nil, nil, err
	}
	events, err := a.decide(d.State, s.Now())
	if err != nil {
		return nil, nil, err
	}
	if len(events) == 0 {
		return nil, unchanged(d, a), nil
	}
	return events, nil, nil
}

// checkRace refuses a command that was given in view of something else.
func (s *Service) checkRace(d *history.Desk, a act) error {
	if a.etag != "" && a.etag != etagOf(d.State) {
		s.Observer.Conflicted(false)
		return &rpc.Refusal{
			Code: codes.Aborted, Reason: "stale_etag", Field: "etag",
			Message: "the incident has changed since you looked at it: look again and decide anew",
		}
	}
	if a.etag == "" && incident.Conflicts(a.command, d.Seen, d.State) {
		s.Observer.Conflicted(false)
		return &rpc.Refusal{
			Code: codes.Aborted, Reason: "changed_meanwhile",
			Message: "somebody else changed the same thing at the same time: look at the incident and decide anew",
		}
	}
	return nil
}

// etagOf is the etag of an incident as it stands.
func etagOf(s incident.State) string { return strconv.FormatUint(s.Revision, 10) }
