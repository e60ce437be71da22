package write

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// names resolves what people wrote.
type names struct {
	state *catalog.State
	books *playbook.Current
	actor incident.PersonID
	// lenient keeps unknown services, components and pages as they are: machines
	// and imported histories know names that the catalog does not.
	lenient bool
}

// person returns the opaque id of a person given by name, address or id.
func (n names) person(field, who string) (incident.PersonID, error) {
	if isMe(who) || who == string(n.actor) {
		return n.actor, nil
	}
	p, ok := n.state.Person(who)
	if !ok {
		return "", unknownPerson(field, who, n.state)
	}
	return incident.PersonID(p.ID), nil
}

// check refuses names that the catalog does not know, as soon as it knows any of
// the kind.
func (n names) check(kind, field string, given []string) error {
	if n.lenient || len(given) == 0 || len(n.state.List(kind)) == 0 {
		return nil
	}
	for i, name := range given {
		if r, ok := n.state.Get(kind, name); !ok || r.Name != name {
			return rpc.InvalidField(fmt.Sprintf("%s[%d]", field, i), "unknown_"+kind,
				fmt.Sprintf("there is no %s %q%s", kind, name, suggestion(n.state, kind, name)))
		}
	}
	return nil
}

// components checks and converts the state of components.
func (n names) components(impacts []incident.ComponentImpact) error {
	given := make([]string, len(impacts))
	for i, c := range impacts {
		given[i] = c.Component
	}
	return n.check("component", "components", given)
}

// category refuses a category that there is not: those of the catalog count, or
// the built-in ones while it has none.
func (n names) category(name string) error {
	if n.lenient || name == "" {
		return nil
	}
	known := n.state.List("category")
	if len(known) == 0 {
		builtIn, err := catalog.BuiltIn()
		if err != nil {
			return fmt.Errorf("look up categories: %w", err)
		}
		known = slices.DeleteFunc(builtIn, func(r *catalog.Resource) bool { return r.Kind != "category" })
	}
	words := make([]string, len(known))
	for i, r := range known {
		if words[i] = r.Name; r.Name == name {
			return nil
		}
	}
	slices.Sort(words)
	hint := "use one of " + strings.Join(words, ", ")
	if near := catalog.Nearest(name, words); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q?", near[0])
	}
	return rpc.InvalidField("category", "unknown_category", fmt.Sprintf("there is no category %q: %s", name, hint))
}
