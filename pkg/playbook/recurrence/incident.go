package recurrence

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Incident is what has to be known of one. Its zero value is one of which nothing is
// known.
type Incident struct {
	ID       incident.ID
	Revision uint64 // of the last event folded
	Declared time.Time
	Category string // "" when nobody has said
	// Since is when it was written down that it belongs to the category.
	Since time.Time

	skipped   bool // practice or planned work
	imported  bool
	private   bool
	cancelled bool
	merged    bool
	reviews   map[string]review // by category; copied when written
}

// review is one that was scheduled.
type review struct {
	followUp uint64
	ended    time.Time // zero while it is still to be held
}

// Apply folds the next event and reports whether it matters to a comparison.
func (i *Incident) Apply(r incident.Recorded) bool {
	i.ID, i.Revision = r.Incident, r.Revision
	return i.declared(r) || i.sorted(r) || i.ended(r) || i.reviewed(r)
}

func (i *Incident) declared(r incident.Recorded) bool {
	e, ok := r.Event.(incident.Declared)
	if !ok {
		return false
	}
	i.Declared, i.Category, i.Since = r.OccurredAt, e.Category, r.RecordedAt
	i.skipped, i.imported, i.private = e.Drill || e.Kind == incident.Maintenance, e.Origin == incident.OriginImport, e.Private
	return true
}

func (i *Incident) sorted(r incident.Recorded) bool {
	switch e := r.Event.(type) { //nolint:gochecksumtype // all others move nothing here
	case incident.CategoryChanged:
		i.Category, i.Since = e.To, r.RecordedAt
	case incident.VisibilityChanged:
		i.private = e.Private
	default:
		return false
	}
	return true
}

func (i *Incident) ended(r incident.Recorded) bool {
	switch r.Event.(type) { //nolint:gochecksumtype // all others move nothing here
	case incident.Cancelled:
		i.cancelled = true
	case incident.Reopened:
		i.cancelled = false
	case incident.Merged:
		i.merged = true
	default:
		return false
	}
	return true
}

func (i *Incident) reviewed(r incident.Recorded) bool {
	switch e := r.Event.(type) { //nolint:gochecksumtype // all others move nothing here
	case incident.ReviewScheduled:
		i.set(e.Category, review{followUp: e.FollowUp})
	case incident.FollowUpEnded:
		for category, review := range i.reviews {
			if review.followUp == e.FollowUp && review.ended.IsZero() {
				review.ended = r.OccurredAt
				i.set(category, review)
				return true
			}
		}
		return false
	default:
		return false
	}
	return true
}

func (i *Incident) set(category string, r review) {
	reviews := maps.Clone(i.reviews)
	if reviews == nil {
		reviews = map[string]review{}
	}
	reviews[category] = r
	i.reviews = reviews
}

// counts reports whether the incident happened for real.
func (i *Incident) counts() bool {
	return !i.Declared.IsZero() && i.Category != "" && !i.skipped && !i.cancelled && !i.merged
}

// inOrder sorts incidents by when they were declared.
func inOrder(all []*Incident) []*Incident {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b *Incident) int {
		return cmp.Or(a.Declared.Compare(b.Declared), cmp.Compare(a.ID, b.ID))
	})
	return sorted
}
