package eventlog

import (
	"context"
	"fmt"
)

// Fold folds the messages of a subject, all of them, into what stands on it; where there are
// none that is the zero state. Errors are those of [Reader.Load] and of the fold, with the
// subject's name.
func Fold[S any](ctx context.Context, log Reader, subject string, fold func(S, []byte) (S, error)) (S, error) {
	var state S
	messages, err := log.Load(ctx, subject, 0)
	if err != nil {
		return state, fmt.Errorf("load %s: %w", subject, err)
	}
	for _, m := range messages {
		if state, err = fold(state, m.Data); err != nil {
			return state, fmt.Errorf("load %s: %w", subject, err)
		}
	}
	return state, nil
}
