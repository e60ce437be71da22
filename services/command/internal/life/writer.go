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

// Record decides on a subject as it stands and appends, again and again while others
// are quicker. It returns the position token of what was written, empty when nothing
// was.
func (w *Writer[S]) Record(ctx context.Context, subject string, decide func(S) (Draft, error)) (string, error) {
	for {
		state, last, err := w.load(ctx, subject)
		if err != nil {
			return "", err
		}
		draft, err := decide(state)
		if err != nil || draft == nil {
			return "", err
		}
		head, frozen := w.End(state)
		if frozen {
			return "", status.Error(codes.FailedPrecondition, "a later version has written here: upgrade this server")
		}
		at, err := w.append(ctx, subject, last, head, draft)
		if errors.Is(err, eventlog.ErrConflict) {
			continue
		}
		if err != nil {
			return "", err
		}
		return at.String(), nil
	}
}

// load folds a subject and returns the sequence of its last message.
func (w *Writer[S]) load(ctx context.Context, subject string) (S, uint64, error) {
	var state S
	var last uint64
	messages, err := w.Log.Load(ctx, subject, 0)
	if err != nil {
		return state, 0, fmt.Errorf("load %s: %w", subject, err)
	}
	for _, m := range messages {
		if state, err = w.Fold(state, m.Data); err != nil {
			return state, 0, err
		}
		last = m.Sequence
	}
	return state, last, nil
}

func (w *Writer[S]) append(ctx context.Context, subject string, last uint64, head chain.Head, draft Draft) (eventlog.Position, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return eventlog.Position{}, fmt.Errorf("make event id: %w", err)
	}
	d, err := draft(id.String())
	if err != nil {
		return eventlog.Position{}, err
	}
	d.Actor = w.Actor(ctx)
	request := chain.Request{TraceParent: telemetry.TraceParent(ctx)}
	data, _, err := chain.Seal(head, subject, []chain.Draft{d}, request, w.Now(), w.Random)
	if err != nil {
		return eventlog.Position{}, err
	}
	return w.Log.Append(ctx, eventlog.Append{Subject: subject, Expect: last, Data: data, Header: telemetry.Inject(ctx)})
}
