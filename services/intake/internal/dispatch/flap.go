package dispatch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// flap is a condition that is flapping, as its last episode says.
type flap struct {
	alert, incident string
	how             alert.Flapping
	quietAt         time.Time // when it will have been quiet for its window; zero while it fires
	lastsAt         time.Time // when it will have fired for its window without a break
	rung            bool      // whoever has the turn was told that it lasts
	insisted        bool      // and has had people called for it
	// called is the route by which an episode before this one was not silenced, while the
	// condition was flapping; calls is the same with this one.
	called, calls string
}

// flutter follows how conditions come and go. It is called for each state of an alert
// that is firing, for its end, and for what is written after that.
func (x *Index) flutter(id string, before, after alert.State) {
	key := episode{after.Fired.Source, after.Fired.Fingerprint}
	if !before.Began() && after.Began() {
		begins, _ := x.begins.Get(key)
		begins = append(begins, after.Fired.StartsAt)
		x.begins.Add(key, begins[max(0, len(begins)-alert.MaxFlapEpisodes):])
		past := x.flaps[key]
		if delete(x.flaps, key); after.Fired.Flapping.Is() {
			began := time.UnixMicro(after.Head.RecordedAtMicros)
			if !past.quietAt.IsZero() && !began.Before(past.quietAt) {
				past.calls = ""
			}
			x.flaps[key] = flap{alert: id, how: after.Fired.Flapping, incident: past.incident, lastsAt: began.Add(after.Fired.Flapping.Window), called: past.calls, calls: past.calls}
		}
	}
	if !after.CalmedAt.IsZero() {
		x.calm(id)
	}
	f, ok := x.flaps[key]
	if !ok || f.alert != id {
		return
	}
	if is := after.Incident(); is != "" { // a silenced one has none, and stays where it was
		f.incident = is
	}
	if !after.IsSuppressed() && after.Fired.Route != "" {
		f.calls = after.Fired.Route
	}
	if after.Ended() && f.quietAt.IsZero() {
		f.quietAt = time.UnixMicro(after.Head.RecordedAtMicros).Add(f.how.Window)
	}
	x.flaps[key] = f
}

// calm forgets what is not flapping any more. Of an alert that ended only the id is known.
func (x *Index) calm(id string) {
	for key, f := range x.flaps {
		if f.alert == id {
			delete(x.flaps, key)
		}
	}
}

// comings are what decides whether a condition is flapping when it begins to hold.
type comings struct {
	begins []time.Time // of the episodes before
	before alert.Flapping
	// incident is that of the last episode, where it was flapping, and called the route by
	// which that or one before it was not silenced meanwhile.
	incident, called string
}

// comings returns how a condition has come and gone. What has been quiet for its window
// was not flapping, whether or not that is written.
func (x *Index) comings(source, fingerprint string, now time.Time) comings {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := episode{source, fingerprint}
	begins, _ := x.begins.Peek(key)
	f := x.flaps[key]
	c := comings{begins: begins, before: f.how, incident: f.incident, called: f.calls}
	if !f.quietAt.IsZero() && !now.Before(f.quietAt) {
		c.before, c.called = alert.Flapping{}, ""
	}
	return c
}

// restless tells whether a condition of an incident is flapping, so that it would be too
// early to say that the incident is over.
func (x *Index) restless(incident string, now time.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range x.flaps {
		if f.incident == incident && (f.quietAt.IsZero() || now.Before(f.quietAt)) {
			return true
		}
	}
	return false
}

// quiet returns what was flapping and has been quiet for its window.
func (x *Index) quiet(now time.Time) []flap {
	x.mu.Lock()
	defer x.mu.Unlock()
	var found []flap
	for _, f := range x.flaps {
		if !f.quietAt.IsZero() && !now.Before(f.quietAt) {
			found = append(found, f)
		}
	}
	return found
}

// hushed tells whether an episode that is in the index calls nobody, since one before it
// called by the same route while the condition was flapping.
func (x *Index) hushed(source, fingerprint, route string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	f, ok := x.flaps[episode{source, fingerprint}]
	return ok && f.called == route
}

// insisted notes that people were called for what lasts.
func (x *Index) insisted(source, fingerprint string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := episode{source, fingerprint}
	if f, ok := x.flaps[key]; ok {
		f.insisted = true
		x.flaps[key] = f
	}
}

// lasting returns the alerts that were flapping when they began and have fired for their
// window since, without those for which people were called then.
func (x *Index) lasting(now time.Time) []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var found []string
	for _, f := range x.flaps {
		if f.lasts(now) && !f.insisted {
			found = append(found, f.alert)
		}
	}
	slices.Sort(found)
	return found
}

// unrung tells whether anything lasts of which whoever has the turn was not told.
func (x *Index) unrung(now time.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range x.flaps {
		if f.lasts(now) && !f.rung {
			return true
		}
	}
	return false
}

// ring notes that whoever has the turn was told of what lasts.
func (x *Index) ring(now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for key, f := range x.flaps {
		if f.lasts(now) {
			f.rung = true
			x.flaps[key] = f
		}
	}
}

func (f flap) lasts(now time.Time) bool { return f.quietAt.IsZero() && !now.Before(f.lastsAt) }

// flapping judges an episode that begins, and names the incident of the one before where
// that was flapping, and the route by which it called.
func (w *work) flapping(in arrival) (how alert.Flapping, incident, called string) {
	rule := alert.DefaultFlapRule()
	if in.taken {
		rule = in.rule.Flap
	}
	c := w.Index.comings(in.source, in.alert.Fingerprint, w.Now())
	return rule.Begins(in.alert.StartsAt, c.begins, c.before), c.incident, c.called
}

// calm settles the incident of what was flapping, and says that it is not any more. One
// that began again meanwhile is left alone.
func (w *work) calm(id string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		if err := w.Index.CatchUp(ctx); err != nil {
			return err
		}
		now := w.Now()
		for _, f := range w.Index.quiet(now) {
			if f.alert != id {
				continue
			}
			if f.incident != "" {
				if err := w.settle(ctx, f.incident); err != nil {
					return err
				}
			}
			return w.calmed(ctx, id, now)
		}
		return nil
	}
}

func (w *work) calmed(ctx context.Context, id string, now time.Time) error {
	if err := pointBeforeCalmed.Hit(ctx); err != nil {
		return err
	}
	if _, err := w.Alerts.RecordAlertCalmed(ctx, &signalv1.RecordAlertCalmedRequest{AlertId: id, AtUs: now.UnixMicro()}); err != nil && !refused(err) {
		return fmt.Errorf("record that the alert calmed: %w", err)
	}
	return pointAfterCalmed.Hit(ctx)
}
