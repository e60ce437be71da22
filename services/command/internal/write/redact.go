package write

import (
	"context"
	"errors"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// warnNotErased is said when the redaction is recorded but the disk still has the
// text.
const warnNotErased = "the text is gone from every view, but not yet erased from the disk: this is tried again by itself"

// redact takes away what an entry and its corrections say. Each is a commit of its
// own, because the log replaces one at a time. The entry itself comes last and
// carries the request id: until it is done a repetition goes on where an
// interruption left off.
func (s *Service) redact(ctx context.Context, a act) (*incidentv1.WriteResult, error) {
	d, err := s.Store.Open(ctx, a.incident)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	first := uint64(0)
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
		if err := pointBeforeRedact.Hit(ctx); err != nil {
			return nil, err
		}
		if first == 0 {
			first = d.State.Revision + 1
			a.etag = "" // it was compared; from here on the incident moves by our own hand
		}
		position, warning, err := s.redactOne(ctx, d, a, events)
		if errors.Is(err, eventlog.ErrConflict) {
			if err := d.Moved(ctx); err != nil {
				return nil, err
			}
			s.Observer.Conflicted(true)
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(events) > 1 {
			if err := pointBetweenRedact.Hit(ctx); err != nil {
				return nil, err
			}
			continue
		}
		result := resultOf(d, a, first, d.State.Revision, position)
		result.Warnings = append(result.Warnings, warning...)
		return result, pointBeforeReply.Hit(ctx)
	}
}

// redactOne carries out the last of the events, which the domain orders with the
// entry itself first.
func (s *Service) redactOne(ctx context.Context, d *history.Desk, a act, events []incident.Event) (eventlog.Position, []string, error) {
	last := len(events) - 1
	if last > 0 {
		a.requestID, a.body = "", nil
	}
	data, err := s.seal(ctx, d, a, events[last:])
	if err != nil {
		return eventlog.Position{}, nil, err
	}
	position, err := eventlog.Redact(ctx, s.Log, eventlog.Redaction{
		Subject: d.Subject(), Revision: events[last].(incident.EntryRedacted).Entry,
		Entry: eventlog.Append{Subject: d.Subject(), Expect: d.Sequence, Data: data, Header: telemetry.Inject(ctx)},
	})
	if position.Sequence == 0 {
		return position, nil, err
	}
	if wrote := d.Wrote(position, data); wrote != nil {
		return position, nil, wrote
	}
	if err != nil {
		s.Logger.ErrorContext(ctx, "redacted text is not erased yet", "subject", d.Subject(), "error", err.Error())
		return position, []string{warnNotErased}, nil
	}
	return position, nil, nil
}
