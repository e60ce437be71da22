package view

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitRoleAssigned(e incident.RoleAssigned) {
	f.hold(e.Role, e.Person)
	f.entry.Headline = roleTitle(e.Role) + ": " + Mark(e.Person)
	if e.Previous != "" {
		f.entry.Headline += ", before " + Mark(e.Previous)
	}
}

func (f *folding) VisitRoleHandedOver(e incident.RoleHandedOver) {
	f.hold(e.Role, e.To)
	f.entry.Headline = roleTitle(e.Role) + " handed over from " + Mark(e.From) + " to " + Mark(e.To)
	f.entry.Text = e.Summary
}

func (f *folding) VisitRoleReleased(e incident.RoleReleased) {
	f.hold(e.Role, "")
	f.entry.Headline = roleTitle(e.Role) + " released by " + Mark(e.Person)
}

// hold gives a role to a person, or frees it for "". Roles of later versions are
// passed over, as the domain does.
func (f *folding) hold(r incident.Role, p incident.PersonID) {
	if !r.Known() {
		return
	}
	roles := f.Incident.Roles
	i, found := slices.BinarySearchFunc(roles, r, func(h RoleHolder, r incident.Role) int { return int(h.Role) - int(r) })
	held := RoleHolder{Role: r, Person: p, Since: f.meta.OccurredAt}
	switch {
	case p == "" && found:
		roles = slices.Delete(roles, i, i+1)
	case p == "":
	case found:
		roles[i] = held
	default:
		roles = slices.Insert(roles, i, held)
	}
	f.Incident.Roles = roles
	f.Incident.led = f.Incident.led || r == incident.Commander
	f.join(p)
}

// join remembers somebody who may see the incident when it is private.
func (v *View) join(p incident.PersonID) {
	if p != "" && !slices.Contains(v.Incident.Members, p) {
		v.Incident.Members = append(v.Incident.Members, p)
	}
}
