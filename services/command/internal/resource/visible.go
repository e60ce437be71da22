package resource

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// reader is somebody who reads, judged by what holds today: also when they look into
// the past.
type reader struct {
	now *catalog.State
	by  auth.Principal
}

func (s *Service) reader(by auth.Principal) reader { return reader{s.Catalog.State(), by} }

// sees tells whether a resource may be read. Which tokens there are and what they may
// do helps whoever wants to take one: managers see all of them, everybody else their
// own.
func (v reader) sees(r *catalog.Resource) bool {
	if r.Kind != "token" || v.by.Has(authv1.AccountRole_ACCOUNT_ROLE_MANAGER) || r.Name == v.by.Token {
		return true
	}
	person, ok := v.now.Person(r.Spec.GetToken().GetPerson())
	return ok && person.ID == v.by.Person
}

// list returns the resources of a kind that may be read, "" for all kinds.
func (v reader) list(state *catalog.State, kind string) []*catalog.Resource {
	all := state.List(kind)
	if v.by.Has(authv1.AccountRole_ACCOUNT_ROLE_MANAGER) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *catalog.Resource) bool { return !v.sees(r) })
}
