package catalog

import (
	"fmt"
	"slices"
)

// teamKind: people who work together.
func teamKind() Kind {
	return Kind{Name: "team", Title: "Team", check: func(c *checker, r *Resource) {
		s := r.Spec.GetTeam()
		c.refer(r, "spec.parent", "team", s.GetParent())
		c.refer(r, "spec.calendar", "calendar", s.GetCalendar())
		c.referAll(r, "spec.members", "person", s.GetMembers())
		for i, name := range s.GetManagers() {
			if !slices.Contains(s.GetMembers(), name) {
				c.violate(r, fmt.Sprintf("spec.managers[%d]", i), "not_a_member", quote(name)+" is no member: add the name to members")
			}
		}
		c.noCircle(r, "spec.parent", "these teams stand above each other", func(r *Resource) []string {
			return one(r.Spec.GetTeam().GetParent())
		})
	}}
}

// one is a list of a name that may be empty.
func one(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
