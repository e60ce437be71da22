package life

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
)

// Writer writes lives whose folded state is S. Its fields are set once, before the
// first call.
type Writer[S any] struct {
	// Log is where they live.
	Log eventlog.Log
	// Actor returns the opaque id of the authenticated caller.
	Actor func(ctx context.Context) string
	// Now is the clock, Random the source of salts.
	Now    func() time.Time
	Random io.Reader
	// Fold returns the state after one more message, End where a state's chain ends and
	// whether a later version wrote something that this one does not understand.
	Fold func(S, []byte) (S, error)
	End  func(S) (head chain.Head, frozen bool)
}

// Draft prepares an event under a new event id; nil: nothing is to be written.
type Draft func(eventID string) (chain.Draft, error)

// State returns a subject as it stands in the log; one without events is the zero
// state.
func (w *Writer[S]) State(ctx context.Context, subject string) (S, error) {
	l, err := w.load(ctx, subject, requestKey{})
	return l.state, err
}

// Record decides on a subject as it stands and appends, again and again while others
// are quicker. It returns the position token of what was written, empty when nothing
// was.
func (w *Writer[S]) Record(ctx context.Context, subject string, decide func(S) (Draft, error)) (string, error) {
	return w.Perform(ctx, subject, Request[S]{Actor: w.Actor(ctx)}, decide)
}

// Perform is [Writer.Record] for a request that may have an identity. Of a repetition
// nothing is written; decide is called for it all the same, and what it answers does
// not count: what was done stays done, whatever became of the subject since.
func (w *Writer[S]) Perform(ctx context.Context, subject string, r Request[S], decide func(S) (Draft, error)) (string, error) {
	return w.PerformAll(ctx, subject, r, func(state S) ([]Draft, error) {
		draft, err := decide(state)
		if err != nil || draft == nil {
			return nil, err
		}
		return []Draft{draft}, nil
	})
}

// PerformAll is [Writer.Perform] for what takes several events, which become visible
// together; none: nothing is to be written.
func (w *Writer[S]) PerformAll(ctx context.Context, subject string, r Request[S], decide func(S) ([]Draft, error)) (string, error) {
	for {
		l, err := w.load(ctx, subject, r.key())
		if err != nil {
			return "", err
		}
		if r.Visible != nil {
			if err := r.Visible(ctx, l.state); err != nil {
				return "", err
			}
		}
		drafts, err := decide(l.state)
		if l.repeats != nil {
			return "", sameRequest(*l.repeats, r.Body)
		}
		if err != nil || len(drafts) == 0 {
			return "", err
		}
		head, frozen := w.End(l.state)
		if frozen {
			return "", status.Error(codes.FailedPrecondition, "a later version has written here: upgrade this server")
		}
		at, err := w.append(ctx, eventlog.Append{Subject: subject, Expect: l.last}, head, r.drafts(drafts), r.sealed())
		if errors.Is(err, eventlog.ErrConflict) {
			continue
		}
		if err != nil {
			return "", err
		}
		return at.String(), nil
	}
}

// loaded is a subject as the log has it.
type loaded[S any] struct {
	state S
	// last is the sequence of its last message.
	last uint64
	// repeats is the commit of an earlier request with the same identity; nil for none.
	repeats *chain.Commit
}

// load folds a subject and looks for a request.
func (w *Writer[S]) load(ctx context.Context, subject string, wanted requestKey) (loaded[S], error) {
	var l loaded[S]
	messages, err := w.Log.Load(ctx, subject, 0)
	if err != nil {
		return l, fmt.Errorf("load %s: %w", subject, err)
	}
	for _, m := range messages {
		if l.state, err = w.Fold(l.state, m.Data); err != nil {
			return l, err
		}
		l.last = m.Sequence
		if wanted.id == "" || l.repeats != nil {
			continue
		}
		if l.repeats, err = wanted.in(m.Data); err != nil {
			return l, fmt.Errorf("load %s: %w", subject, err)
		}
	}
	return l, nil
}

func (w *Writer[S]) append(ctx context.Context, a eventlog.Append, head chain.Head, drafts []Draft, r chain.Request) (eventlog.Position, error) {
	events := make([]chain.Draft, 0, len(drafts))
	for _, draft := range drafts {
		id, err := uuid.NewV7()
		if err != nil {
			return eventlog.Position{}, fmt.Errorf("make event id: %w", err)
		}
		d, err := draft(id.String())
		if err != nil {
			return eventlog.Position{}, err
		}
		events = append(events, d)
	}
	var err error
	r.TraceParent, a.Header = telemetry.TraceParent(ctx), telemetry.Inject(ctx)
	if a.Data, _, err = chain.Seal(head, a.Subject, events, r, w.Now(), w.Random); err != nil {
		return eventlog.Position{}, err
	}
	return w.Log.Append(ctx, a)
}
