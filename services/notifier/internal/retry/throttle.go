package retry

import (
	"math/rand/v2"
	"time"
)

// Bounds of the pause of a receiver that fails again and again.
const (
	// patience is how many rounds may fail in a row without a pause.
	patience     = 3
	minThrottle  = 5 * time.Second
	maxThrottle  = 5 * time.Minute
	maxDoublings = 8
)

// Throttle returns how long a receiver is left alone after a number of rounds that
// failed in a row; 0: not at all. What the receiver asks for by Retry-After holds
// at once. random is as in [Next].
func Throttle(failedRounds int, retryAfter time.Duration, random func() float64) time.Duration {
	var pause time.Duration
	if failedRounds >= patience {
		pause = min(minThrottle<<min(failedRounds-patience, maxDoublings), maxThrottle)
	}
	pause = max(pause, min(retryAfter, maxRetryAfter))
	if random == nil {
		random = rand.Float64
	}
	return pause + time.Duration(float64(pause)*jitter*random())
}
