package catalog

import "fmt"

// statusPageKind: a public page.
func statusPageKind() Kind {
	return Kind{Name: "status_page", Title: "StatusPage", check: func(c *checker, r *Resource) {
		s := r.Spec.GetStatusPage()
		for i, name := range s.GetComponents() {
			c.refer(r, fmt.Sprintf("spec.components[%d]", i), "component", name)
		}
		c.link(r, "spec.url", s.GetUrl())
		c.zone(r, "spec.time_zone", s.GetTimeZone())
	}}
}
