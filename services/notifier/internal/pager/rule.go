package pager

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

const (
	// idle is how long a way rests that nothing is due for; what happens to its alert or its
	// page wakes it before.
	idle = time.Hour
	// pausedFor is how long a way rests whose integration is disabled.
	pausedFor = 10 * time.Second
)

// schedule is how long to wait after each attempt that failed: most of an hour in all.
func schedule() []time.Duration {
	return []time.Duration{
		5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute,
	}
}

// Step is what is to be done about a way.
type Step int

const (
	// Rest: nothing is due; it is looked at again.
	Rest Step = iota
	// Send: an attempt is due.
	Send
	// GiveUp: it is given up, which is written down.
	GiveUp
	// Stop: nothing is to be told any more.
	Stop
)

// Why nothing is told any more, or a way is given up, as words.
const (
	reasonTold         = "told"
	reasonAcknowledged = "acknowledged"
	reasonEnded        = "ended"
	reasonPractice     = "practice"
	reasonUnknown      = "unknown_page"
	reasonStale        = "stale"
	reasonDeleted      = "no_integration"
	reasonAddress      = "no_address"
	reasonSettings     = "settings"
)

// Facts are what decides about a way.
type Facts struct {
	// Page and Alert are as the log has them now; Drill: the alert's incident is practice.
	Page  page.State
	Alert alert.State
	Drill bool
	// Person is the opaque id, Way the number of the way; 0: the page itself.
	Person string
	Way    int
	// Earliest is when the way may be tried, see [Earliest].
	Earliest time.Time
	// Carried: there is an integration for it; Paused: which is disabled.
	Carried, Paused bool
	// Since is since when it may be tried; zero: it might not.
	Since time.Time
	// Retry is before when no further attempt is made; zero: there was none.
	Retry time.Time
	// Now is the time, Stale how long after Since a page is of use.
	Now   time.Time
	Stale time.Duration
}

// Decision is what follows from facts.
type Decision struct {
	Step Step
	// Settle: the page has to be brought to where its alert is.
	Settle bool
	// Wait is how long a way rests.
	Wait time.Duration
	// Since is since when the way may be tried.
	Since time.Time
	// Reason and Problem say why it stops or is given up.
	Reason, Problem string
}

// Decide says what is to be done.
func Decide(f Facts) Decision {
	d := Decision{Settle: f.Way == 0 && f.Page.Began() && ((f.Alert.IsAcknowledged() && !f.Page.IsAcknowledged()) || (f.Alert.Ended() && !f.Page.Ended()))}
	if d.Reason = over(f); d.Reason != "" {
		d.Step = Stop
		return d
	}
	if f.Way == 0 {
		d.Wait = idle
		return d
	}
	return d.way(f)
}

// over says why nothing is told any more; "" when something may be.
func over(f Facts) string {
	switch {
	case !f.Page.Began():
		return reasonUnknown
	case f.Page.Requested.Shadow || f.Drill:
		return reasonPractice
	case f.Page.Ended() || f.Alert.Ended():
		return reasonEnded
	case f.Way == 0:
		return "" // the page is watched until its alert is over
	case f.Page.IsAcknowledged() || f.Alert.IsAcknowledged():
		return reasonAcknowledged
	case f.Page.Of(f.Person, f.Way).Final():
		return reasonTold
	}
	return ""
}

// way decides about a way of a page that calls.
func (d Decision) way(f Facts) Decision {
	switch {
	case f.Alert.IsSuppressed():
		d.Wait = idle
		return d
	case f.Now.Before(f.Earliest):
		d.Wait = min(f.Earliest.Sub(f.Now), idle)
		return d
	case f.Now.Before(f.Retry): // what wakes a way shortens no wait for the server
		d.Wait, d.Since = f.Retry.Sub(f.Now), f.Since
		return d
	}
	if d.Since = f.Since; d.Since.IsZero() {
		d.Since = f.Now
	}
	switch {
	case f.Now.Sub(d.Since) > f.Stale:
		d.Step, d.Reason, d.Problem = GiveUp, reasonStale, "it could not be told in "+f.Stale.String()+", after which it is of no use"
	case !f.Carried:
		d.Step, d.Reason, d.Problem = GiveUp, reasonDeleted, "the integration was deleted, or carries no e-mail any more"
	case f.Paused:
		d.Wait = pausedFor
	default:
		d.Step = Send
	}
	return d
}

// Earliest is when a way of a person may be tried: when the page may call, after what the
// ways before it wait for an answer, and in the working hours of the team where the urgency
// is low. A way that failed is not waited for.
func Earliest(state *catalog.State, p page.State, person string, way int, now time.Time) time.Time {
	r := p.Requested
	at := r.NotBefore
	if at.IsZero() {
		at = r.At
	}
	var contacts []*catalogv1.ContactMethod
	if known, ok := state.Get("person", person); ok {
		contacts = page.Contacts(known.Spec.GetPerson())
	}
	for _, to := range r.Recipients {
		if to.Person != person {
			continue
		}
		for _, w := range to.Ways {
			if w.Number == way {
				break
			}
			if w.Usable() && !p.Of(person, w.Number).Failed && w.Number <= len(contacts) {
				at = at.Add(max(contacts[w.Number-1].GetWait().AsDuration(), 0))
			}
		}
	}
	if open := page.NotBefore(state, r.Team, r.Urgency, now); open.After(now) && open.After(at) {
		return open
	}
	return at
}

// next is how long to wait after an attempt that failed, and false when it was the last.
func next(attempts int32) (time.Duration, bool) {
	waits := schedule()
	if int(attempts) > len(waits) || attempts < 1 {
		return 0, false
	}
	return waits[attempts-1], true
}
