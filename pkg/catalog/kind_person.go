package catalog

import (
	"slices"
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
		c.contacts(r)
		if p.GetEmail() == "" {
			return
		}
		for _, other := range c.byEmail(p.GetEmail()) {
			if other.Name != r.Name {
				c.violate(r, "spec.email", "email_taken", "this address belongs to "+other.Key()+": give each person an address of their own")
				return
			}
		}
	}}
}

// byEmail finds people by their address, without regard to case.
func (c *checker) byEmail(email string) []*Resource {
	if c.emails == nil {
		c.emails = map[string][]*Resource{}
		for _, r := range c.byKey {
			if address := strings.ToLower(r.Spec.GetPerson().GetEmail()); address != "" {
				c.emails[address] = append(c.emails[address], r)
			}
		}
		for _, people := range c.emails {
			slices.SortFunc(people, func(a, b *Resource) int { return strings.Compare(a.Name, b.Name) })
		}
	}
	return c.emails[strings.ToLower(email)]
}

// zone checks the name of a time zone; empty is allowed.
func (c *checker) zone(r *Resource, field, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		c.violate(r, field, "unknown_time_zone", quote(name)+" is no time zone: use a name like Europe/Berlin")
	}
}
