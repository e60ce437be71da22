package catalog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// Kind is one kind of resource. Each has a file of its own.
type Kind struct {
	// Name is the field of Spec, for example "status_page".
	Name string
	// Title is what documents say, for example "StatusPage".
	Title string
	// check says what is wrong beyond the bounds stated in the proto.
	check func(c *checker, r *Resource)
}

// Kinds returns every kind, in the order in which people think of them. A test
// compares them with the fields of Spec.
func Kinds() []Kind {
	return []Kind{
		personKind(), serviceKind(), componentKind(), statusPageKind(), webhookKind(), routeKind(), tokenKind(),
		severityKind(), roleKind(), checklistKind(), templateKind(), clockPolicyKind(), calendarKind(),
		teamKind(), runbookKind(), categoryKind(), integrationKind(), senderKind(),
		silenceKind(), maintenanceKind(), heartbeatKind(),
	}
}

// FindKind finds a kind without regard to case, '-', '_' or a plural "s".
func FindKind(s string) (Kind, bool) {
	kinds := Kinds()
	for _, k := range kinds { // as documents and machines spell it
		if s == k.Name || s == k.Title {
			return k, true
		}
	}
	wanted := foldKind(s)
	for _, k := range kinds {
		if name := foldKind(k.Name); wanted == name || wanted == name+"s" || wanted == strings.TrimSuffix(name, "y")+"ies" {
			return k, true
		}
	}
	if wanted == "people" {
		return personKind(), true
	}
	return Kind{}, false
}

func foldKind(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// checker collects what is wrong with the resources that an apply touches, in
// view of the catalog as it would be.
type checker struct {
	byKey map[string]*Resource // as it would be, "kind/name"
	who   authv1.AccountRole   // role of whoever applies
	found Violations
	// settled is true for resources that the apply does not touch: what counts only when
	// it is written counts no more.
	settled bool
	// before is a resource as it was, if there was one; nil: nothing was.
	before func(key string) (*Resource, bool)

	builtIn  map[string]*Resource   // the built-in playbook, by key
	straight map[string]bool        // kinds whose resources stand in no circle
	emails   map[string][]*Resource // people by address, lower case
	byKind   map[string][]*Resource // by name
}

func (c *checker) violate(r *Resource, field, reason, message string) {
	if len(c.found) >= maxViolations {
		return
	}
	c.found = append(c.found, Violation{Resource: r.Key(), Field: field, Reason: reason, Message: message})
}

// refer checks that a named resource will exist, or is part of the built-in
// playbook; empty names are passed over.
func (c *checker) refer(r *Resource, field, kind, name string) {
	if name == "" || c.find(kind, name) != nil {
		return
	}
	message := "there is no " + kind + " " + quote(name) + ": add it, or correct the name"
	// Whoever got everything wrong needs no guess for each: it would take long.
	const guesses = 20
	if len(c.found) < guesses {
		if near := Nearest(name, c.names(kind)); len(near) > 0 {
			message = "there is no " + kind + " " + quote(name) + ": did you mean " + quote(near[0]) + "?"
		}
	}
	c.violate(r, field, "unknown_reference", message)
}

// referAll checks a list of names.
func (c *checker) referAll(r *Resource, field, kind string, names []string) {
	for i, name := range names {
		c.refer(r, fmt.Sprintf("%s[%d]", field, i), kind, name)
	}
}

// ofKind returns the resources of a kind as they would be, by name.
func (c *checker) ofKind(kind string) []*Resource {
	if c.byKind == nil {
		c.byKind = map[string][]*Resource{}
		for _, r := range c.byKey {
			c.byKind[r.Kind] = append(c.byKind[r.Kind], r)
		}
		for _, list := range c.byKind {
			slices.SortFunc(list, func(a, b *Resource) int { return strings.Compare(a.Name, b.Name) })
		}
	}
	return c.byKind[kind]
}

// names also has those of the built-in playbook.
func (c *checker) names(kind string) []string {
	var names []string
	for _, r := range c.ofKind(kind) {
		names = append(names, r.Name)
	}
	for key := range c.builtInResources() {
		if name, ok := strings.CutPrefix(key, kind+"/"); ok && c.byKey[key] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// needRole refuses what the applier's role may not give.
func (c *checker) needRole(r *Resource, field string, need authv1.AccountRole, what string) {
	if c.who < need {
		c.violate(r, field, "role_too_low", what+" needs the role of "+roleTitle(need)+": ask an admin")
	}
}
