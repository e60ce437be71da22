package catalog

import (
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines that have no zone database
)

// personKind: a person with an account. E-mail addresses are unique, since
// commands find people by them.
func personKind() Kind {
	return Kind{Name: "person", Title: "Person", check: func(c *checker, r *Resource) {
		p := r.Spec.GetPerson()
		c.needRole(r, "spec.role", p.GetRole(), "giving the role of "+roleTitle(p.GetRole()))
		c.zone(r, "spec.time_zone", p.GetTimeZone())
		if p.GetEmail() == "" {
			return
		}
		for _, other := range c.byKey {
			if other.ID != r.ID && other.Kind == r.Kind && strings.EqualFold(other.Spec.GetPerson().GetEmail(), p.GetEmail()) {
				c.violate(r, "spec.email", "email_taken", "this address belongs to "+other.Key()+": give each person an address of their own")
				return
			}
		}
	}}
}

// zone checks the name of a time zone; empty is allowed.
func (c *checker) zone(r *Resource, field, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		c.violate(r, field, "unknown_time_zone", quote(name)+" is no time zone: use a name like Europe/Berlin")
	}
}
