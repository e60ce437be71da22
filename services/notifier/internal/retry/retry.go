package retry

import (
	"math/rand/v2"
	"time"
)

// Bounds of what a receiver may ask for by Retry-After.
const maxRetryAfter = 24 * time.Hour

// jitter is how far a step may be longer than the schedule says: nothing is ever
// sent earlier, and receivers that failed together do not come back together.
const jitter = 0.2

// Schedule are the waits before each attempt, the first one first, as the
// Standard Webhooks specification suggests: three days and a bit.
func Schedule() []time.Duration {
	return []time.Duration{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// Next returns how long to wait after a number of failed attempts, at least 1, and
// false when no attempt is left. A receiver's Retry-After lengthens a wait and
// never shortens it. random gives numbers in [0, 1); nil means math/rand.
func Next(failed int, retryAfter time.Duration, random func() float64) (time.Duration, bool) {
	schedule := Schedule()
	if failed >= len(schedule) {
		return 0, false
	}
	if random == nil {
		random = rand.Float64
	}
	step := max(schedule[failed], min(retryAfter, maxRetryAfter))
	return step + time.Duration(float64(step)*jitter*random()), true
}
