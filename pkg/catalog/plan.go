package catalog

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// PlanOptions say how desired resources are compared with the catalog.
type PlanOptions struct {
	// ManagedBy is who manages what is applied; required.
	ManagedBy string
	// Role is the account role of whoever applies.
	Role authv1.AccountRole
	// Prune also deletes what is managed by files and not named. It only means
	// something when ManagedBy is [ManagedByFile].
	Prune bool
	// Delete names resources ("kind/name") to delete besides.
	Delete []string
	// NewID makes the ids of new resources; required.
	NewID func() (string, error)
	// Validator checks the bounds that the protos state; required.
	Validator protovalidate.Validator
}

// Change is what an apply does to one resource, and what has to be staged for it.
type Change struct {
	// Kind is create, update or delete.
	Kind catalogv1.ChangeKind
	// Resource is as it will be, or as it was when it is deleted.
	Resource *Resource
	// Differences are for eyes: "severity: SEV-2 → SEV-1".
	Differences []string
}

// Proto returns the change as the service shows it.
func (c Change) Proto() *catalogv1.Change {
	return &catalogv1.Change{Change: c.Kind, Kind: c.Resource.Kind, Name: c.Resource.Name, Differences: c.Differences}
}

// Plan compares desired resources with the catalog and returns what has to change,
// by kind and name, deletions last. No changes means that all is so already. The
// error is [Violations], all that were found. Plan is pure but for NewID.
//
// Of the desired resources only Kind, Name, Spec and TokenHash are read. One that
// somebody else manages is taken over when it differs.
func Plan(s *State, desired []*Resource, o PlanOptions) ([]Change, error) {
	p := planner{state: s, options: o, named: map[string]bool{}}
	p.check.who, p.check.before = o.Role, p.byName
	for i, r := range desired {
		if err := p.want(r, i); err != nil {
			return nil, err
		}
	}
	p.remove()
	p.result()
	p.verify()
	if err := p.check.found.orNil(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(p.changes, byPlace)
	return p.changes, nil
}

// byPlace sorts changes by kind and name, deletions last.
func byPlace(a, b Change) int {
	last := func(c Change) int {
		if c.Kind == catalogv1.ChangeKind_CHANGE_KIND_DELETE {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(last(a), last(b)), cmp.Compare(a.Resource.Kind, b.Resource.Kind), cmp.Compare(a.Resource.Name, b.Resource.Name),
	)
}

type planner struct {
	state   *State
	options PlanOptions
	named   map[string]bool
	changes []Change
	check   checker
}

// want adds the change that a desired resource needs, if any.
func (p *planner) want(r *Resource, place int) error {
	wanted := *r
	if problem := p.malformed(&wanted, place); problem != nil {
		p.check.found = append(p.check.found, *problem)
		return nil
	}
	p.named[wanted.Key()] = true
	have, exists := p.byName(wanted.Key())
	// What differs in nothing but its manager is left alone, unless a file takes
	// over: then it must be a file's to be pruned later.
	takesOver := exists && p.options.ManagedBy == ManagedByFile && have.ManagedBy != ManagedByFile
	if exists && !takesOver && proto.Equal(have.Spec, wanted.Spec) {
		return nil
	}
	if invalid := p.bounds(&wanted); invalid {
		return nil
	}
	wanted.ManagedBy = p.options.ManagedBy
	if !exists {
		id, err := p.options.NewID()
		if err != nil {
			return err
		}
		wanted.ID = id
		p.changes = append(p.changes, Change{
			Kind: catalogv1.ChangeKind_CHANGE_KIND_CREATE, Resource: &wanted, Differences: differences(nil, &wanted),
		})
		return nil
	}
	wanted.ID, wanted.TokenHash = have.ID, have.TokenHash
	p.changes = append(p.changes, Change{
		Kind: catalogv1.ChangeKind_CHANGE_KIND_UPDATE, Resource: &wanted, Differences: differences(have, &wanted),
	})
	return nil
}

func (p *planner) byName(key string) (*Resource, bool) {
	if p.state == nil {
		return nil, false
	}
	r, ok := p.state.byName[key]
	return r, ok
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// malformed completes the kind and says what makes the resource unusable at all.
func (p *planner) malformed(r *Resource, place int) *Violation {
	v := &Violation{Resource: fmt.Sprintf("resources[%d]", place), Field: "kind", Reason: "unknown_kind"}
	set := KindOf(r.Spec)
	if r.Kind == "" {
		r.Kind = set
	}
	k, known := FindKind(r.Kind)
	switch {
	case !known:
		v.Message = quote(clip(r.Kind)) + " is no kind of resource"
		return v
	case set != k.Name:
		r.Kind = k.Name
		v.Resource, v.Field, v.Reason = r.Kind+"/"+clip(r.Name), "spec", "wrong_spec"
		v.Message = "the specification is not one of a " + k.Name
		return v
	}
	r.Kind = k.Name
	v.Resource, v.Field = r.Kind+"/"+clip(r.Name), "name"
	switch {
	case !namePattern.MatchString(r.Name):
		v.Reason, v.Message = "not_a_name", "a name has 1 to 128 letters, digits, '.', '_' and '-', and begins with a letter or digit"
		return v
	case p.named[r.Key()]:
		v.Reason, v.Message = "twice", "this resource is given twice: keep one"
		return v
	}
	return nil
}

// bounds checks what the proto states; true when something is wrong.
func (p *planner) bounds(r *Resource) bool {
	err := p.options.Validator.Validate(r.Spec)
	if err == nil {
		return false
	}
	p.check.found = append(p.check.found, boundViolations(r, err)...)
	return true
}

// remove adds deletions: those asked for and those of a prune.
func (p *planner) remove() {
	gone := map[string]bool{}
	drop := func(r *Resource) {
		if gone[r.Key()] {
			return
		}
		gone[r.Key()] = true
		p.changes = append(p.changes, Change{
			Kind: catalogv1.ChangeKind_CHANGE_KIND_DELETE, Resource: r, Differences: differences(r, nil),
		})
	}
	for _, key := range p.options.Delete {
		if r, ok := p.byName(key); ok {
			drop(r)
		}
	}
	if !p.options.Prune || p.options.ManagedBy != ManagedByFile {
		return
	}
	for _, r := range p.state.List("") {
		if r.ManagedBy == ManagedByFile && !p.named[r.Key()] {
			drop(r)
		}
	}
}

// result is the catalog as it would be.
func (p *planner) result() {
	p.check.byKey = map[string]*Resource{}
	for _, r := range p.state.List("") {
		p.check.byKey[r.Key()] = r
	}
	for _, c := range p.changes {
		if c.Kind == catalogv1.ChangeKind_CHANGE_KIND_DELETE {
			delete(p.check.byKey, c.Resource.Key())
		} else {
			p.check.byKey[c.Resource.Key()] = c.Resource
		}
	}
}
