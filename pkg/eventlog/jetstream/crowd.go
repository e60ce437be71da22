package jetstream

import (
	"context"
	"time"
)

// crowd is who was under way when the last batch was answered: callers that work
// in a loop are back within a moment. The zero crowd expects nobody.
type crowd struct {
	size  int       // how many, those who waited already included
	until time.Time // when they are not expected any more
}

// gone is the crowd after a batch that took so long to be stored.
func gone(size int, took time.Duration) crowd {
	return crowd{size: min(size, groupMessages), until: time.Now().Add(min(3*took, groupLinger))}
}

// expected is how many are still expected to come back.
func (c crowd) expected() int {
	if c.size == 0 || !time.Now().Before(c.until) {
		return 0
	}
	return c.size
}

// await waits until full is closed, ctx ends, or nobody is expected any more, and never
// longer than a step.
func (c crowd) await(ctx context.Context, full <-chan struct{}) {
	timer := time.NewTimer(min(time.Until(c.until), groupStep))
	defer timer.Stop()
	select {
	case <-full:
	case <-timer.C:
	case <-ctx.Done():
	}
}
