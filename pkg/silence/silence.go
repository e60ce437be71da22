package silence

import (
	"cmp"
	"errors"
	"slices"
	"time"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// The kinds of resources that keep alerts from calling.
const (
	KindSilence     = "silence"
	KindMaintenance = "maintenance"
)

// MaxLength is how long a silence or a maintenance may be. What should never call belongs
// into a route that lists it.
const MaxLength = 90 * 24 * time.Hour

// Silence is a silence or a planned maintenance. All that it states has to be so of an
// alert.
type Silence struct {
	// Kind is [KindSilence] or [KindMaintenance]; Name is unique within it, ID opaque.
	Kind, Name, ID string
	// Match are conditions on labels.
	Match []Matcher
	// Source is the door, Fingerprint the sender's key; empty: any.
	Source, Fingerprint string
	// Services: one of them is concerned; empty: any.
	Services []string
	// Begin and End are when it holds; End is excluded.
	Begin, End time.Time
}

// Alert is what decides whether an alert is concerned.
type Alert struct {
	// Source is the door, Fingerprint the sender's key.
	Source, Fingerprint string
	// Labels are as they were sent.
	Labels map[string]string
	// Service is the service concerned, by its name in the catalog; "" for none. It is
	// asked only where it counts.
	Service func() string
}

// OfSilence reads a resource. What cannot be read any more holds for no alert, and is an
// error.
func OfSilence(name, id string, s *catalogv1.SilenceSpec) (Silence, error) {
	out := Silence{
		Kind: KindSilence, Name: name, ID: id, Source: s.GetSource(), Fingerprint: s.GetFingerprint(),
		Begin: s.GetBeginTime().AsTime(), End: s.GetEndTime().AsTime(),
	}
	if s.GetService() != "" {
		out.Services = []string{s.GetService()}
	}
	for _, text := range s.GetMatch() {
		m, err := ParseMatcher(text)
		if err != nil {
			return Silence{}, err
		}
		out.Match = append(out.Match, m)
	}
	return out, nil
}

// OfMaintenance reads a resource.
func OfMaintenance(name, id string, s *catalogv1.MaintenanceSpec) Silence {
	return Silence{
		Kind: KindMaintenance, Name: name, ID: id, Services: s.GetServices(),
		Begin: s.GetBeginTime().AsTime(), End: s.GetEndTime().AsTime(),
	}
}

// ErrEverything: a silence would concern all alerts, or all of a door.
var ErrEverything = errors.New("this would silence all alerts, or all of a door: name a service, an alert, or a label with a value")

// Narrow returns [ErrEverything] unless the silence names a service, one alert's key, or
// something that an alert without labels does not meet.
func (s Silence) Narrow() error {
	if len(s.Services) > 0 || s.Fingerprint != "" {
		return nil
	}
	if slices.ContainsFunc(s.Match, func(m Matcher) bool { return !m.Matches(nil) }) {
		return nil
	}
	return ErrEverything
}

// Holds tells whether the time is within the silence.
func (s Silence) Holds(at time.Time) bool { return !at.Before(s.Begin) && at.Before(s.End) }

// Matches tells whether an alert is concerned, whenever.
func (s Silence) Matches(a Alert) bool {
	switch {
	case s.Source != "" && s.Source != a.Source, s.Fingerprint != "" && s.Fingerprint != a.Fingerprint:
		return false
	}
	for _, m := range s.Match {
		if !m.Matches(a.Labels) {
			return false
		}
	}
	return len(s.Services) == 0 || a.Service != nil && slices.Contains(s.Services, a.Service())
}

// Compare puts what ends last first, so that an alert is told as few changes as possible.
func Compare(a, b Silence) int {
	return cmp.Or(b.End.Compare(a.End), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}

// Sort sorts by [Compare].
func Sort(all []Silence) { slices.SortFunc(all, Compare) }

// Find returns the first of the sorted silences that holds and concerns an alert, and
// false when none does.
func Find(sorted []Silence, a Alert, at time.Time) (Silence, bool) {
	for _, s := range sorted {
		if s.Holds(at) && s.Matches(a) {
			return s, true
		}
	}
	return Silence{}, false
}

// Next is the first instant after a time at which a silence begins or ends; the zero time
// when there is none.
func Next(all []Silence, after time.Time) time.Time {
	var next time.Time
	for _, s := range all {
		for _, edge := range []time.Time{s.Begin, s.End} {
			if edge.After(after) && (next.IsZero() || edge.Before(next)) {
				next = edge
			}
		}
	}
	return next
}
