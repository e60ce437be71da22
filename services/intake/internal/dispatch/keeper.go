package dispatch

import (
	"context"
	"log/slog"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/silence"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

const (
	// keeperBeat is how often the keeper looks at the clock, the catalog and the alerts.
	keeperBeat = 500 * time.Millisecond
	// longestRing is how long it waits at most until it rings again for what stays due.
	longestRing = 30 * time.Second
)

// Keeper rings when something about alerts is due by the clock or by the catalog. It does
// nothing itself: whoever has the turn looks for what is due, in the order of the signals,
// so several keepers may ring for the same. Its fields are set once, before Run.
type Keeper struct {
	// Index knows the alerts.
	Index *Index
	// Silences returns those that there are, sorted as [silence.Find] needs them; the same
	// slice as long as the catalog is the same.
	Silences func() []silence.Silence
	// Service says which service an alert concerns.
	Service func(alert.State) string
	// Ring makes whoever has the turn look for what is due.
	Ring func(ctx context.Context) error
	// Heartbeats looks at what else is due by the clock; nil: nothing is.
	Heartbeats func(ctx context.Context)
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger

	seen seen
	rest time.Time     // until when it does not look because the log has grown
	wait time.Duration // until it rings again
	rung time.Time
}

// seen is what there was when the keeper looked last.
type seen struct {
	silences []silence.Silence
	sequence uint64
	next     time.Time // when something becomes due by the clock; zero: never
	at       time.Time // by the clock, which may go back
}

// Run looks at each beat until ctx ends, then returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	for wait.For(ctx, keeperBeat) == nil {
		k.look(ctx)
		if k.Heartbeats != nil {
			k.Heartbeats(ctx)
		}
	}
	return nil
}

// look rings if anything is due. While it stays due it rings again, less and less often:
// whoever has the turn may have died, or have much to do.
func (k *Keeper) look(ctx context.Context) {
	now := k.Now()
	if !k.due(now) {
		k.wait = 0
		return
	}
	if k.wait > 0 && now.Sub(k.rung) < k.wait && !now.Before(k.rung) {
		return
	}
	if err := k.Ring(ctx); err != nil {
		if ctx.Err() == nil && k.wait == 0 { // once, however long it lasts
			k.Logger.WarnContext(ctx, "what is due for alerts waits", "error", err)
		}
		k.wait = max(k.wait, keeperBeat) // it is due, though nothing changes
		return
	}
	k.Index.ring(now)
	k.rung, k.wait = now, min(max(2*k.wait, keeperBeat), longestRing)
}

// lookShare bounds what looking costs while the log grows: a look that took a moment rests
// for so many of them. In a storm thousands of alerts are compared with each silence.
const lookShare = 20

// due tells whether anything is. It costs nothing while there are neither silences nor
// suppressed nor flapping alerts, and little while nothing changes. While nothing but the
// log has changed only an alert can be due that was decided by an older catalog, which may
// wait a little.
func (k *Keeper) due(now time.Time) bool {
	silences := k.Silences()
	sequence, suppressed := k.Index.folded()
	is := seen{silences, sequence, silence.Next(silences, now), now}
	if len(k.Index.quiet(now)) > 0 || k.Index.unrung(now) {
		return true
	}
	active := suppressed
	for _, s := range silences {
		active = active || s.Holds(now)
	}
	calm := k.wait == 0 && sameSlice(silences, k.seen.silences) &&
		(k.seen.next.IsZero() || now.Before(k.seen.next)) && !now.Before(k.seen.at)
	same := calm && sequence == k.seen.sequence
	if calm && active && !same && now.Before(k.rest) {
		return false // what was seen stays, so it looks afterwards
	}
	if k.seen = is; !active || same {
		return false
	}
	due := len(Due(k.Index.all(), silences, k.Service, now)) > 0
	k.rest = k.Now().Add(lookShare * k.Now().Sub(now))
	return due
}

func sameSlice(a, b []silence.Silence) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
