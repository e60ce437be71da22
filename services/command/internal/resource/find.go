package resource

import (
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// kindOf reads the name of a kind as people write it.
func kindOf(name string) (catalog.Kind, error) {
	k, ok := catalog.FindKind(name)
	if ok {
		return k, nil
	}
	var known []string
	for _, one := range catalog.Kinds() {
		known = append(known, one.Name)
	}
	return catalog.Kind{}, rpc.InvalidField("kind", "unknown_kind", fmt.Sprintf("%q is no kind of resource: use one of %v", name, known))
}

// find returns a resource that a caller may read by kind and name or id, or says
// which name may have been meant.
func (v reader) find(state *catalog.State, kind, name string) (*catalog.Resource, error) {
	k, err := kindOf(kind)
	if err != nil {
		return nil, err
	}
	if r, ok := state.Get(k.Name, name); ok && v.sees(r) {
		return r, nil
	}
	if k.Name == "person" {
		if r, ok := state.Person(name); ok {
			return r, nil
		}
	}
	var known []string
	for _, r := range v.list(state, k.Name) {
		known = append(known, r.Name)
	}
	return nil, noSuch(k.Name, name, known)
}

// noSuch says that there is no such resource, and which name may have been meant.
func noSuch(kind, name string, known []string) error {
	message := fmt.Sprintf("there is no %s %q", kind, name)
	if near := catalog.Nearest(name, known); len(near) > 0 {
		message += fmt.Sprintf(": did you mean %q?", near[0])
	} else {
		message += fmt.Sprintf(": bridgelog get %s lists them", kind)
	}
	return &rpc.Refusal{Code: codes.NotFound, Reason: "no_such_resource", Field: "name", Message: message}
}
