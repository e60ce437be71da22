package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// serviceKind: something that can fail. Dependencies must not run in a circle.
func serviceKind() Kind {
	return Kind{Name: "service", Title: "Service", check: func(c *checker, r *Resource) {
		s := r.Spec.GetService()
		for i, name := range s.GetComponents() {
			c.refer(r, fmt.Sprintf("spec.components[%d]", i), "component", name)
		}
		for i, name := range s.GetDependsOn() {
			c.refer(r, fmt.Sprintf("spec.depends_on[%d]", i), "service", name)
		}
		c.link(r, "spec.runbook_url", s.GetRunbookUrl())
		if circle := c.circle(r); circle != nil {
			c.violate(r, "spec.depends_on", "circle", "these services depend on each other in a circle: "+strings.Join(circle, " → "))
		}
	}}
}

// circle returns the names on a way from the service back to itself, or nil.
func (c *checker) circle(start *Resource) []string {
	seen := map[string]bool{}
	var walk func(name string, way []string) []string
	walk = func(name string, way []string) []string {
		next := c.byKey["service/"+name]
		for _, dependency := range specOf(next).GetService().GetDependsOn() {
			if dependency == start.Name {
				return append(way, dependency)
			}
			if seen[dependency] {
				continue
			}
			seen[dependency] = true
			if found := walk(dependency, append(slices.Clip(way), dependency)); found != nil {
				return found
			}
		}
		return nil
	}
	return walk(start.Name, []string{start.Name})
}

// link checks an address that people follow; empty is allowed.
func (c *checker) link(r *Resource, field, url string) {
	if url == "" || strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		return
	}
	c.violate(r, field, "not_a_link", quote(url)+" is no link: it has to begin with https:// or http://")
}
