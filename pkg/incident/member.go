package incident

import "slices"

// AddMember lets a person see the incident when it is private. It needs the
// commander's rights. Who is a member already is no event and no error.
type AddMember struct {
	Person PersonID
}

// MemberAdded says that a person may see the incident when it is private.
type MemberAdded struct {
	Person PersonID
}

// Name returns "add_member".
func (AddMember) Name() string { return "add_member" }

func (c AddMember) decide(s State, ctx Context) ([]Event, error) {
	if err := checkName("person", string(c.Person), true); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if s.isMember(c.Person) {
		return nil, nil
	}
	return []Event{MemberAdded(c)}, nil
}

func (c AddMember) conflicts(before, after State) bool { return memberChanged(c.Person, before, after) }

func (s State) isMember(p PersonID) bool { return slices.Contains(s.members, p) }

func memberChanged(p PersonID, before, after State) bool {
	return before.isMember(p) != after.isMember(p)
}

// Type returns "incident.member_added".
func (MemberAdded) Type() string { return "incident.member_added" }

// Accept calls VisitMemberAdded.
func (e MemberAdded) Accept(v Visitor) { v.VisitMemberAdded(e) }

func (MemberAdded) traits() traits { return 0 }

func (e MemberAdded) evolve(s State, _ Meta) State { return s.joined(e.Person) }

// RemoveMember takes away the right to see the incident when it is private. It needs
// the commander's rights, or is for the person itself. Who leads or holds a role
// stays a member. Who is none is no event and no error.
type RemoveMember struct {
	Person PersonID
}

// MemberRemoved says that a person may not see the incident any more when it is
// private.
type MemberRemoved struct {
	Person PersonID
}

// Name returns "remove_member".
func (RemoveMember) Name() string { return "remove_member" }

func (c RemoveMember) decide(s State, ctx Context) ([]Event, error) {
	if err := checkName("person", string(c.Person), true); err != nil {
		return nil, err
	}
	if ctx.Actor != c.Person {
		if err := ctx.requireLead(s); err != nil {
			return nil, err
		}
	}
	if !s.isMember(c.Person) {
		return nil, nil
	}
	if s.Leader() == c.Person || slices.Contains(s.holders[:], c.Person) {
		return nil, wrongState("holds_role", "this person leads the incident or holds a role of it: have the role handed over first")
	}
	return []Event{MemberRemoved(c)}, nil
}

func (c RemoveMember) conflicts(before, after State) bool {
	return memberChanged(c.Person, before, after)
}

// Type returns "incident.member_removed".
func (MemberRemoved) Type() string { return "incident.member_removed" }

// Accept calls VisitMemberRemoved.
func (e MemberRemoved) Accept(v Visitor) { v.VisitMemberRemoved(e) }

func (MemberRemoved) traits() traits { return 0 }

func (e MemberRemoved) evolve(s State, _ Meta) State {
	s.members = slices.DeleteFunc(slices.Clone(s.members), func(p PersonID) bool { return p == e.Person })
	return s
}
