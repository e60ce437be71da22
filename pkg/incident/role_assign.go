package incident

import "fmt"

// AssignRole gives a role to a person. Any responder may fill a role that is
// free, also for somebody else; who holds it, or leads, may give it to another.
// To the person who holds it already is no event and no error.
type AssignRole struct {
	Role   Role
	Person PersonID
}

// RoleAssigned says that a role that was free, or held by somebody else, was
// given to a person.
type RoleAssigned struct {
	Role     Role
	Person   PersonID
	Previous PersonID // who held it before; empty when it was free
}

// Name returns "assign_role".
func (AssignRole) Name() string { return "assign_role" }

func (c AssignRole) decide(s State, ctx Context) ([]Event, error) {
	if err := checkRole(c.Role); err != nil {
		return nil, err
	}
	if err := checkName("person", string(c.Person), true); err != nil {
		return nil, err
	}
	holder := s.Holder(c.Role)
	if holder == c.Person {
		return nil, nil
	}
	if holder != "" {
		if err := ctx.requireHolder(s, c.Role); err != nil {
			return nil, err
		}
	}
	return []Event{RoleAssigned{Role: c.Role, Person: c.Person, Previous: holder}}, nil
}

// checkRole refuses what is no role.
func checkRole(r Role) error {
	if r.Known() {
		return nil
	}
	return invalid("role", "unknown_role", "unknown role: use commander, technical_lead, communications_lead or scribe")
}

// requireHolder refuses those who neither hold the role nor lead.
func (c Context) requireHolder(s State, r Role) error {
	if c.Actor == s.Holder(r) || c.leads(s) {
		return nil
	}
	return denied("role_held",
		fmt.Sprintf("the role of %s is held by somebody else: ask for a hand-over, or ask the commander or a manager", r))
}

// roleChanged reports whether the role passed to somebody else in between.
func roleChanged(r Role, before, after State) bool { return before.Holder(r) != after.Holder(r) }

func (c AssignRole) conflicts(before, after State) bool { return roleChanged(c.Role, before, after) }

// Type returns "incident.role_assigned".
func (RoleAssigned) Type() string { return "incident.role_assigned" }

// Accept calls VisitRoleAssigned.
func (e RoleAssigned) Accept(v Visitor) { v.VisitRoleAssigned(e) }

func (RoleAssigned) traits() traits { return 0 }

func (e RoleAssigned) evolve(s State, _ Meta) State { return s.held(e.Role, e.Person) }

// held returns s with the role given to a person, or free for "".
func (s State) held(r Role, p PersonID) State {
	if !r.Known() {
		return s
	}
	s.holders[r] = p
	s.led = s.led || r == Commander
	return s.joined(p)
}
