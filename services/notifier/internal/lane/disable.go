package lane

import (
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/retry"
)

const (
	// DefaultDisableAfter is how long every attempt has to fail before a receiver is
	// disabled.
	DefaultDisableAfter = 5 * 24 * time.Hour
	// disableRounds is how many rounds have to fail besides: a receiver to which
	// hardly anything is sent is not judged by two attempts.
	disableRounds = 10
)

// verdict says why a receiver is disabled after a round; empty: it is not.
func (w *Worker) verdict(gone bool, failures int, since time.Time) (code, reason string) {
	after := w.Disable
	if after == 0 {
		after = DefaultDisableAfter
	}
	switch {
	case gone:
		return ledger.CodeGone, "the receiver answered 410: it wants nothing more"
	case failures >= disableRounds && !since.IsZero() && w.Now().Sub(since) >= after:
		return ledger.CodeFailing, fmt.Sprintf("every attempt has failed since %s", since.UTC().Format(time.RFC3339))
	}
	return "", ""
}

// throttle is how long a receiver is left alone after a round, given how many
// rounds had failed before.
func throttle(results []result, failures int) time.Duration {
	var asked time.Duration
	succeeded := false
	for i := range results {
		succeeded = succeeded || results[i].Delivered
		if results[i].Status == 429 || results[i].Status == 503 {
			asked = max(asked, results[i].retryAfter)
		}
	}
	if succeeded {
		failures = -1
	}
	return retry.Throttle(failures+1, asked, nil)
}
