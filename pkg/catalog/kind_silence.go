package catalog

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/silence"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// silenceKind: alerts that call nobody for a while. One that stands keeps no service from
// being deleted.
func silenceKind() Kind {
	return Kind{Name: silence.KindSilence, Title: "Silence", check: func(c *checker, r *Resource) {
		if c.settled {
			return
		}
		s := r.Spec.GetSilence()
		if s.GetService() != "" {
			c.referNew(r, "spec.service", []string{s.GetService()}, func(have *Resource) []string { return []string{have.Spec.GetSilence().GetService()} })
		}
		c.fromDoor(r, Sources(), func(spec *catalogv1.Spec) string { return spec.GetSilence().GetSource() })
		c.span(r, s.GetBeginTime(), s.GetEndTime())
		readable := true
		for i, text := range s.GetMatch() {
			if _, err := silence.ParseMatcher(text); err != nil {
				c.violate(r, fmt.Sprintf("spec.match[%d]", i), "not_a_matcher", err.Error())
				readable = false
			}
		}
		if s.GetFingerprint() != "" && s.GetSource() == "" {
			c.violate(r, "spec.source", "required", "a fingerprint is one of a door: name the source, for example alertmanager")
		}
		if !readable {
			return
		}
		if one, err := silence.OfSilence(r.Name, r.ID, s); err == nil && errors.Is(one.Narrow(), silence.ErrEverything) {
			c.violate(r, "spec.match", "matches_everything", silence.ErrEverything.Error())
		}
	}}
}

// maintenanceKind: planned work on services, which it does not keep from being deleted.
func maintenanceKind() Kind {
	return Kind{Name: silence.KindMaintenance, Title: "Maintenance", check: func(c *checker, r *Resource) {
		if c.settled {
			return
		}
		s := r.Spec.GetMaintenance()
		c.referNew(r, "spec.services", s.GetServices(), func(have *Resource) []string { return have.Spec.GetMaintenance().GetServices() })
		c.span(r, s.GetBeginTime(), s.GetEndTime())
	}}
}

// referNew checks the services that a resource did not name before: one that is gone
// meanwhile keeps nobody from ending it.
func (c *checker) referNew(r *Resource, field string, names []string, of func(*Resource) []string) {
	var had []string
	if c.before != nil {
		if have, ok := c.before(r.Key()); ok {
			had = of(have)
		}
	}
	for i, name := range names {
		if slices.Contains(had, name) {
			continue
		}
		place := field
		if r.Kind == silence.KindMaintenance {
			place = fmt.Sprintf("%s[%d]", field, i)
		}
		c.refer(r, place, "service", name)
	}
}

// span checks when a silence or a maintenance holds. One that was ended before it began
// ends when it begins.
func (c *checker) span(r *Resource, begin, end *timestamppb.Timestamp) {
	for field, at := range map[string]*timestamppb.Timestamp{"spec.begin_time": begin, "spec.end_time": end} {
		if at.CheckValid() != nil {
			c.violate(r, field, "invalid_time", "this is not a time, for example 2026-01-02T15:00:00Z")
			return
		}
	}
	switch length := end.AsTime().Sub(begin.AsTime()); {
	case length < 0:
		c.violate(r, "spec.end_time", "before_begin", "it ends before it begins: correct one of the two")
	case length > silence.MaxLength:
		c.violate(r, "spec.end_time", "too_long", fmt.Sprintf("it is longer than %d days: end it earlier, or let a route list these alerts", int(silence.MaxLength/(24*time.Hour))))
	}
}

// maxFlapWindow is the longest window in which begins are counted.
const maxFlapWindow = 24 * time.Hour

func (c *checker) flapping(r *Resource, f *catalogv1.FlappingSpec) {
	if f.GetWindow() != nil && (f.GetWindow().CheckValid() != nil || f.GetWindow().AsDuration() <= 0 || f.GetWindow().AsDuration() > maxFlapWindow) {
		c.violate(r, "spec.flapping.window", "out_of_bounds", "this window has to be longer than nothing and at most a day, for example 30m")
	}
	if f.GetOff() && (f.GetEpisodes() > 0 || f.GetWindow() != nil) {
		c.violate(r, "spec.flapping.off", "not_both", "what is off has no episodes and no window: leave them out, or off")
	}
}

// Silences returns the silences and maintenances, sorted as [silence.Find] needs them.
// What a later version wrote and this one cannot read is left out.
func (s *State) Silences() []silence.Silence {
	var all []silence.Silence
	for _, r := range s.List(silence.KindSilence) {
		if one, err := silence.OfSilence(r.Name, r.ID, r.Spec.GetSilence()); err == nil {
			all = append(all, one)
		}
	}
	for _, r := range s.List(silence.KindMaintenance) {
		all = append(all, silence.OfMaintenance(r.Name, r.ID, r.Spec.GetMaintenance()))
	}
	silence.Sort(all)
	return all
}
