package beats

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

const (
	// hearEvery is how often a process says that it hears pings, and Silence after how long
	// without such a word nobody did.
	hearEvery = 5 * time.Second
	// Silence is also what a clock may jump ahead before it counts as a gap.
	Silence = 15 * time.Second
	// lookTimeout bounds one look.
	lookTimeout = 10 * time.Second
	// openBeat is how often it is looked whether one that is missing is back.
	openBeat = time.Second
	// firstAgain and longestAgain are how long it takes until a process says again what has
	// not come into the log yet.
	firstAgain   = 5 * time.Second
	longestAgain = 5 * time.Minute
	// goneAfter is how long an alert has to be known before its heartbeat can be one that
	// was deleted: what is known of the catalog may be as old as half of that.
	goneAfter = 2 * catalog.DefaultMaxAge
)

// Alerts knows which alerts are firing.
type Alerts interface {
	// Firing returns the open alert of a fingerprint and its id; "" when there is none.
	Firing(source, fingerprint string) (id string, state alert.State)
	// FiringOf returns the open alerts of a source.
	FiringOf(source string) []alert.State
}

// Keeper looks which heartbeats are missing, or back. Its fields are set once, before the
// first look; it is used by one goroutine.
type Keeper struct {
	// Store has the pings.
	Store *Store
	// Catalog says what is expected.
	Catalog *catalog.Follower
	// Alerts knows which are missing already.
	Alerts Alerts
	// Put stores a signal.
	Put func(ctx context.Context, s *signalv1.RawSignal) error
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger

	state   *catalog.State // whose heartbeats next has
	next    map[string]turn
	heard   time.Time
	hearing heartbeat.Hearing
}

// turn is when a heartbeat is looked at again.
type turn struct {
	at       time.Time
	revision uint64        // of the resource
	again    time.Duration // until the same is said again
}

// Look has alerts fire for what is missing, and end for what is back. What cannot be done
// now is done by a later look.
func (k *Keeper) Look(ctx context.Context) {
	state, err := k.Catalog.Fresh()
	if err != nil {
		return // whose heartbeats are expected is not known
	}
	list, open := state.List(heartbeat.Kind), k.Alerts.FiringOf(heartbeat.Kind)
	if len(list) == 0 && len(open) == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	if err := k.look(limited, state, list, open); err != nil && ctx.Err() == nil {
		k.Logger.WarnContext(ctx, "heartbeats are looked at again", "error", err)
	}
}

func (k *Keeper) look(ctx context.Context, state *catalog.State, list []*catalog.Resource, open []alert.State) error {
	if err := k.hear(ctx); err != nil {
		return err
	}
	k.adopt(state, list)
	for _, r := range list {
		if k.Now().Before(k.next[r.ID].at) {
			continue
		}
		if err := k.one(ctx, r); err != nil {
			return err
		}
	}
	return k.gone(ctx, state, open)
}

// hear says that this process hears pings. Nothing is missing before that was said: when
// nobody heard any for a while, that is known then.
func (k *Keeper) hear(ctx context.Context) error {
	now := k.Now()
	if since := now.Sub(k.heard); since >= 0 && since < hearEvery {
		return nil
	}
	hearing, err := k.Store.Hear(ctx, now, Silence)
	if err != nil {
		return err
	}
	k.heard, k.hearing = now, hearing
	return nil
}

// adopt forgets the turns of what the catalog says otherwise now.
func (k *Keeper) adopt(state *catalog.State, list []*catalog.Resource) {
	if k.state == state {
		return
	}
	next := make(map[string]turn, len(list))
	for _, r := range list {
		if t, ok := k.next[r.ID]; ok && t.revision == r.Revision {
			next[r.ID] = t
		}
	}
	k.state, k.next = state, next
}

// one looks at one heartbeat.
func (k *Keeper) one(ctx context.Context, r *catalog.Resource) error {
	expected, before := catalog.Heartbeat(r), k.Now()
	last, err := k.Store.Last(ctx, r.ID)
	if err != nil {
		return err
	}
	now := k.Now()
	if _, is := k.Alerts.Firing(heartbeat.Kind, r.ID); is.Began() {
		again := time.Duration(0)
		if expected.Over(now, last, is.Fired.StartsAt) {
			again = k.again(r.ID)
			err = k.over(ctx, is, source.HeartbeatSignal{ID: r.ID, Name: r.Name, LastPing: last})
		}
		k.next[r.ID] = turn{now.Add(max(openBeat, again)), r.Revision, again}
		return err
	}
	since, due := expected.Due(now, last, k.hearing.Gaps)
	switch {
	case due:
		again := k.again(r.ID)
		k.next[r.ID] = turn{now.Add(again), r.Revision, again}
		return k.missing(ctx, r, before, since, last)
	case expected.Disabled, last.IsZero():
		// A ping from now on is due later than this.
		k.next[r.ID] = turn{at: now.Add(expected.Interval + expected.Grace), revision: r.Revision}
	default:
		k.next[r.ID] = turn{at: expected.Deadline(last, k.hearing.Gaps), revision: r.Revision}
	}
	return nil
}

// again is how long it takes until the same is said of a heartbeat again.
func (k *Keeper) again(id string) time.Duration {
	return min(max(2*k.next[id].again, firstAgain), longestAgain)
}

// gone ends alerts of heartbeats that were deleted.
func (k *Keeper) gone(ctx context.Context, state *catalog.State, open []alert.State) error {
	now := k.Now()
	for _, is := range open {
		id := is.Fired.Fingerprint
		if _, ok := state.ByID(id); ok || now.Sub(time.UnixMicro(is.Head.RecordedAtMicros)) < goneAfter || now.Before(k.next[id].at) {
			continue
		}
		again := k.again(id)
		k.next[id] = turn{at: now.Add(again), again: again}
		if err := k.over(ctx, is, source.HeartbeatSignal{ID: id, Name: is.Fired.Labels["heartbeat"]}); err != nil {
			return err
		}
	}
	return nil
}

// missing says that a heartbeat is missing. The signal is as old as what was known when the
// last ping was read: whoever has seen a later ping since, and said so, is right.
func (k *Keeper) missing(ctx context.Context, r *catalog.Resource, before, since, last time.Time) error {
	spec := r.Spec.GetHeartbeat()
	expected := catalog.Heartbeat(r)
	return k.say(ctx, before, 0, source.HeartbeatSignal{
		ID: r.ID, Name: r.Name, Missing: true, Since: since, LastPing: last, Interval: expected.Interval.String(), Grace: expected.Grace.String(),
		Service: spec.GetService(), Labels: spec.GetLabels(), Description: spec.GetDescription(), Message: spec.GetMessage(),
	})
}

// over says that an alert is over: since the ping, or since now where there was none.
func (k *Keeper) over(ctx context.Context, is alert.State, s source.HeartbeatSignal) error {
	now := k.Now()
	s.Since, s.Until = is.Fired.StartsAt, now
	if s.LastPing.After(s.Since) && s.LastPing.Before(now) {
		s.Until = s.LastPing
	}
	return k.say(ctx, now, 1, s)
}

// say stores a signal. Ids are in the order of what was known: order tells apart those of
// the same millisecond.
func (k *Keeper) say(ctx context.Context, known time.Time, order byte, s source.HeartbeatSignal) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make signal id: %w", err)
	}
	milliseconds := known.UnixMilli()
	for i := range 6 {
		id[i] = byte(milliseconds >> (40 - 8*i))
	}
	id[6] = id[6]&0xf7 | order<<3
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode what is said of a heartbeat: %w", err)
	}
	if err := pointBeforeSaid.Hit(ctx); err != nil {
		return err
	}
	err = k.Put(ctx, &signalv1.RawSignal{
		Id: id.String(), Source: heartbeat.Kind, ReceivedAtUs: known.UnixMicro(), ContentType: "application/json", Body: body,
	})
	if err != nil {
		return err
	}
	return pointAfterSaid.Hit(ctx)
}
