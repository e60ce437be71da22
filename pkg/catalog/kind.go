package catalog

import (
	"slices"
	"strings"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
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
	}
}

// FindKind finds a kind without regard to case, '-', '_' or a plural "s".
func FindKind(s string) (Kind, bool) {
	wanted := foldKind(s)
	for _, k := range Kinds() {
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
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(s)))
}

// checker collects what is wrong with the resources that an apply touches, in
// view of the catalog as it would be.
type checker struct {
	byKey map[string]*Resource // as it would be, "kind/name"
	who   authv1.AccountRole   // role of whoever applies
	found Violations
}

func (c *checker) violate(r *Resource, field, reason, message string) {
	c.found = append(c.found, Violation{Resource: r.Key(), Field: field, Reason: reason, Message: message})
}

// refer checks that a named resource will exist; empty names are passed over.
func (c *checker) refer(r *Resource, field, kind, name string) {
	if name == "" || c.byKey[kind+"/"+name] != nil {
		return
	}
	message := "there is no " + kind + " " + quote(name) + ": add it, or correct the name"
	if near := Nearest(name, c.names(kind)); len(near) > 0 {
		message = "there is no " + kind + " " + quote(name) + ": did you mean " + quote(near[0]) + "?"
	}
	c.violate(r, field, "unknown_reference", message)
}

func (c *checker) names(kind string) []string {
	var names []string
	for key := range c.byKey {
		if name, ok := strings.CutPrefix(key, kind+"/"); ok {
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

// specOf returns the specification as it is, or an empty one for no resource.
func specOf(r *Resource) *catalogv1.Spec {
	if r == nil {
		return nil
	}
	return r.Spec
}
