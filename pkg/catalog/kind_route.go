package catalog

import "strings"

// routeKind: a rule from alerts to incidents. A service with "{{label}}" in it is
// known only when an alert comes.
func routeKind() Kind {
	return Kind{Name: "route", Title: "Route", check: func(c *checker, r *Resource) {
		s := r.Spec.GetRoute()
		if !strings.Contains(s.GetService(), "{{") {
			c.refer(r, "spec.service", "service", s.GetService())
		} else if strings.Count(s.GetService(), "{{") != strings.Count(s.GetService(), "}}") {
			c.violate(r, "spec.service", "open_template", "a {{label}} is not closed")
		}
		if w := s.GetWindow(); w != nil && (w.CheckValid() != nil || w.AsDuration() <= 0) {
			c.violate(r, "spec.window", "not_positive", "a window has to be longer than nothing, for example 30m")
		}
	}}
}
