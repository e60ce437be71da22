package catalog

import (
	"errors"

	"buf.build/go/protovalidate"

	"github.com/bridgelog/bridgelog/pkg/bounds"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// verify asks the kinds about everything that changes, and about whatever a
// deletion or a lesser role could leave dangling.
func (p *planner) verify() {
	checks := map[string]func(*checker, *Resource){}
	for _, k := range Kinds() {
		checks[k.Name] = k.check
	}
	changed := map[string]bool{}
	for _, c := range p.changes {
		changed[c.Resource.Key()] = true
		if c.Kind == catalogv1.ChangeKind_CHANGE_KIND_DELETE {
			p.mayDelete(c.Resource)
			continue
		}
		p.mayReplace(c.Resource)
		checks[c.Resource.Kind](&p.check, c.Resource)
	}
	if len(p.changes) == 0 {
		return
	}
	// The others are not the applier's doing: only what this apply breaks counts,
	// whoever may change them.
	others := checker{byKey: p.check.byKey, who: authv1.AccountRole_ACCOUNT_ROLE_ADMIN, settled: true}
	for _, r := range p.state.List("") {
		if check := checks[r.Kind]; check != nil && !changed[r.Key()] {
			check(&others, r)
		}
	}
	p.check.found = append(p.check.found, others.found...)
}

// mayDelete refuses the deletion of what the applier could not have made.
func (p *planner) mayDelete(r *Resource) {
	switch r.Kind {
	case "token":
		p.check.needRole(r, "", authv1.AccountRole_ACCOUNT_ROLE_ADMIN, "deleting tokens")
	case "person":
		p.check.needRole(r, "", r.Spec.GetPerson().GetRole(), "deleting "+roleTitle(r.Spec.GetPerson().GetRole())+" accounts")
	}
}

// mayReplace refuses changes to people who may do more than the applier.
func (p *planner) mayReplace(r *Resource) {
	if have, ok := p.byName(r.Key()); ok && r.Kind == "person" {
		p.check.needRole(r, "spec.role", have.Spec.GetPerson().GetRole(), "changing "+roleTitle(have.Spec.GetPerson().GetRole())+" accounts")
	}
}

// boundViolations turns what protovalidate found into violations of a resource.
func boundViolations(r *Resource, err error) Violations {
	var invalid *protovalidate.ValidationError
	if !errors.As(err, &invalid) {
		return Violations{{Resource: r.Key(), Field: "spec", Reason: "invalid_field", Message: err.Error()}}
	}
	found := make(Violations, 0, len(invalid.Violations))
	for _, v := range invalid.Violations {
		path := protovalidate.FieldPathString(v.Proto.GetField())
		// The path begins with the kind's own field, which documents do not have.
		if len(path) >= len(r.Kind) && path[:len(r.Kind)] == r.Kind {
			path = path[len(r.Kind):]
		}
		found = append(found, Violation{Resource: r.Key(), Field: "spec" + path, Reason: "invalid_field", Message: bounds.Words(v)})
	}
	return found
}
