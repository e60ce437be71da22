package dispatch

import (
	"maps"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/silence"
)

// Due returns the ids of alerts that are firing and of which the log says something else
// about what keeps them from calling than the silences do now, sorted. Silences are sorted
// as [silence.Find] needs them; service says which service an alert concerns.
func Due(firing map[string]alert.State, silences []silence.Silence, service func(alert.State) string, now time.Time) []string {
	var due []string
	for id, s := range firing {
		if s.Frozen || s.Ended() {
			continue
		}
		by, suppressed := suppressing(silences, silenceable(s, service), now)
		if suppressed != s.IsSuppressed() || suppressed && !s.SuppressedLike(by) {
			due = append(due, id)
		}
	}
	slices.Sort(due)
	return due
}

func silenceable(s alert.State, service func(alert.State) string) silence.Alert {
	return silence.Alert{
		Source: s.Fired.Source, Fingerprint: s.Fired.Fingerprint, Labels: s.Fired.Labels,
		Service: func() string { return service(s) },
	}
}

// suppressing returns what keeps an alert from calling now, and false when nothing does.
func suppressing(silences []silence.Silence, a silence.Alert, now time.Time) (alert.Suppressed, bool) {
	found, ok := silence.Find(silences, a, now)
	if !ok {
		return alert.Suppressed{}, false
	}
	return alert.Suppressed{
		Kind: found.Kind, Name: found.Name, ID: found.ID, At: now.UTC().Truncate(time.Microsecond),
		Until: found.End.UTC().Truncate(time.Microsecond),
	}, true
}

// all returns the alerts that are firing.
func (x *Index) all() map[string]alert.State {
	x.mu.Lock()
	defer x.mu.Unlock()
	return maps.Clone(x.firing)
}

// FiringOf returns the alerts of a source that are firing.
func (x *Index) FiringOf(source string) []alert.State {
	x.mu.Lock()
	defer x.mu.Unlock()
	var of []alert.State
	for _, s := range x.firing {
		if s.Fired.Source == source && !s.Ended() {
			of = append(of, s)
		}
	}
	return of
}

// folded is how far the log is folded, and whether any alert is suppressed.
func (x *Index) folded() (sequence uint64, suppressed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.through.At(), len(x.suppressed) > 0
}
