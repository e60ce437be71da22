package write

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// names resolves what people wrote.
type names struct {
	state *catalog.State
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
