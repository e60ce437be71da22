package recurrence

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
)

// Ask is a review that is to be scheduled.
type Ask struct {
	// Incident is the latest one, at the revision that was compared.
	Incident incident.ID
	Revision uint64
	Category string
	// Earlier are the others, newest first, at most incident.MaxEarlier of them.
	Earlier []incident.ID
	// Since is when all that asks for it was written down.
	Since time.Time
	Due   time.Time
}

// Next returns the first review that the incidents of one category ask for and that is
// not scheduled yet; false when there is none. While one is still to be held, an
// incident within the time of the rule belongs to that. What has been so for longer
// than since oldest is left alone, and so are incidents for which skip reports true.
func Next(all []*Incident, rule playbook.Review, oldest time.Time, skip func(*Incident) bool) (Ask, bool) {
	sorted := inOrder(slices.DeleteFunc(slices.Clone(all), func(i *Incident) bool { return !i.counts() }))
	for n, latest := range sorted {
		if latest.imported || skip(latest) {
			continue
		}
		if _, scheduled := latest.reviews[latest.Category]; scheduled {
			continue
		}
		if ask, asked := compare(latest, sorted[:n], rule); asked && !ask.Since.Before(oldest) {
			return ask, true
		}
	}
	return Ask{}, false
}

// compare looks whether an incident is one too many after those before it.
func compare(latest *Incident, before []*Incident, rule playbook.Review) (Ask, bool) {
	ask := Ask{Incident: latest.ID, Revision: latest.Revision, Category: latest.Category, Since: latest.Since}
	var times []time.Time
	for _, other := range slices.Backward(before) {
		if latest.Declared.Sub(other.Declared) > rule.Within {
			break
		}
		if covered(latest, other) {
			return ask, false
		}
		if other.private {
			continue
		}
		times = append(times, other.Declared)
		if len(ask.Earlier) < incident.MaxEarlier {
			ask.Earlier = append(ask.Earlier, other.ID)
		}
		if len(times) < rule.Count && other.Since.After(ask.Since) { // later ones change nothing
			ask.Since = other.Since
		}
	}
	ask.Due = ask.Since.Add(rule.HeldWithin)
	return ask, rule.Asked(latest.Declared, times)
}

// covered reports whether a review of the category was still to be held when the
// incident was declared.
func covered(latest, other *Incident) bool {
	r, scheduled := other.reviews[latest.Category]
	return scheduled && (r.ended.IsZero() || r.ended.After(latest.Declared))
}
