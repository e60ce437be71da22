package eventlog

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/wait"
)

// CatchUp returns when somebody who follows the subjects that match a filter has come to
// the last message that there was when it was called. The mark is the sequence up to which
// they have come.
func CatchUp(ctx context.Context, log Reader, filter string, mark *wait.Mark) error {
	target, err := log.LastSequence(ctx, filter)
	if err == nil {
		err = mark.Wait(ctx, target)
	}
	if err != nil {
		return fmt.Errorf("catch up with %s: %w", filter, err)
	}
	return nil
}
