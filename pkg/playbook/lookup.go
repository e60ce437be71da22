package playbook

import (
	"cmp"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// ParseSeverity reads a severity as this team writes it: by the name, an alias or
// the name for people of a described one, without regard to case; then as
// incident.ParseSeverity does, whose error it returns.
func (p *Playbook) ParseSeverity(text string) (incident.Severity, error) {
	wanted := strings.TrimSpace(text)
	for _, s := range p.Severities() {
		for _, name := range append([]string{s.Name, s.Spec.GetDisplayName()}, s.Spec.GetAliases()...) {
			if wanted != "" && strings.EqualFold(wanted, name) {
				return incident.Severity(s.Spec.GetSeverity()), nil
			}
		}
	}
	return incident.ParseSeverity(text)
}

// Role returns what is said of a role.
func (p *Playbook) Role(role incident.Role) (*catalogv1.RoleSpec, bool) {
	for _, r := range p.effective["role"] {
		if s := r.Spec.GetRole(); incident.Role(s.GetRole()) == role {
			return s, true
		}
	}
	return nil, false
}

// MissedRoles returns the roles that should be held and are not, in their order.
func (p *Playbook) MissedRoles(held func(incident.Role) bool) []incident.Role {
	var missed []incident.Role
	for _, role := range incident.Roles() {
		if s, ok := p.Role(role); ok && s.GetWarnWhenEmpty() && !held(role) {
			missed = append(missed, role)
		}
	}
	return missed
}

// Review says when incidents of a category are reviewed together.
type Review struct {
	// Count incidents Within the time ask for a review, the latest included.
	Count  int
	Within time.Duration
	// HeldWithin is how soon after that it is to be held.
	HeldWithin time.Duration
}

// reviewedAgain is how many incidents ask for a review where nobody says: two.
const reviewedAgain = 2

// reviewHeldWithin is how soon a review is to be held where nobody says.
const reviewHeldWithin = 14 * 24 * time.Hour

// Review returns that of a category, or of the nearest one that contains it; false
// when none of them says.
func (p *Playbook) Review(category string) (Review, bool) {
	for range len(p.byKey) { // a circle is refused when it is written
		r, ok := p.Find("category", category)
		if !ok {
			return Review{}, false
		}
		s := r.Spec.GetCategory()
		if s.GetReview() != nil {
			r := Review{
				Count: cmp.Or(int(s.GetReview().GetCount()), reviewedAgain), Within: s.GetReview().GetWithin().AsDuration(),
				HeldWithin: s.GetReview().GetHeldWithin().AsDuration(),
			}
			r.HeldWithin = cmp.Or(r.HeldWithin, reviewHeldWithin)
			return r, true
		}
		category = s.GetParent()
	}
	return Review{}, false
}

// Asked reports whether the latest of the incidents, whose times are given in any
// order, is one too many: with it there were Count of them within the time.
func (r Review) Asked(latest time.Time, others []time.Time) bool {
	count := 1
	for _, at := range others {
		if !at.After(latest) && latest.Sub(at) <= r.Within {
			count++
		}
	}
	return count >= r.Count
}
