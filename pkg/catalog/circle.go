package catalog

import (
	"slices"
	"strings"
)

// parents returns the names that a resource stands below or depends on.
type parents func(r *Resource) []string

// noCircle refuses a resource that stands on a way back to itself.
func (c *checker) noCircle(r *Resource, field, what string, next parents) {
	if c.straight[r.Kind] {
		return
	}
	if _, known := c.straight[r.Kind]; !known {
		if c.straight == nil {
			c.straight = map[string]bool{}
		}
		c.straight[r.Kind] = c.withoutCircle(r.Kind, next)
		c.noCircle(r, field, what, next)
		return
	}
	if circle := c.circle(r, next); circle != nil {
		c.violate(r, field, "circle", what+" in a circle: "+strings.Join(circle, " → "))
	}
}

// withoutCircle looks at all resources of a kind at once, so that an apply of
// thousands does not follow the same ways for each of them.
func (c *checker) withoutCircle(kind string, next parents) bool {
	const (
		walking = 1
		done    = 2
	)
	seen := map[string]int{}
	var walk func(r *Resource) bool
	walk = func(r *Resource) bool {
		if r == nil || seen[r.Name] == done {
			return true
		}
		if seen[r.Name] == walking {
			return false
		}
		seen[r.Name] = walking
		for _, name := range next(r) {
			if !walk(c.byKey[kind+"/"+name]) {
				return false
			}
		}
		seen[r.Name] = done
		return true
	}
	for _, r := range c.byKey {
		if r.Kind == kind && !walk(r) {
			return false
		}
	}
	return true
}

// circle returns the names on a way from the resource back to itself, or nil.
func (c *checker) circle(start *Resource, next parents) []string {
	seen := map[string]bool{}
	var walk func(r *Resource, way []string) []string
	walk = func(r *Resource, way []string) []string {
		if r == nil {
			return nil
		}
		for _, name := range next(r) {
			if name == start.Name {
				return append(way, name)
			}
			if seen[name] {
				continue
			}
			seen[name] = true
			if found := walk(c.byKey[start.Kind+"/"+name], append(slices.Clip(way), name)); found != nil {
				return found
			}
		}
		return nil
	}
	return walk(start, []string{start.Name})
}
