package incident

import "fmt"

// HandOverRole passes a role on to somebody else, with what the taker has to
// know. It is for the giver and for whoever leads. Who leads since they declared the
// incident may hand over the commander's role, which nobody holds yet. To the person
// who holds it already is no event and no error.
type HandOverRole struct {
	Role    Role
	To      PersonID
	Summary string // optional
}

// RoleHandedOver says that the holder passed a role on with a summary.
type RoleHandedOver struct {
	Role     Role
	From, To PersonID
	Summary  string // content
}

// Name returns "hand_over_role".
func (HandOverRole) Name() string { return "hand_over_role" }

func (c HandOverRole) decide(s State, ctx Context) ([]Event, error) {
	if err := checkRole(c.Role); err != nil {
		return nil, err
	}
	if err := checkName("to", string(c.To), true); err != nil {
		return nil, err
	}
	if err := checkOptional("summary", c.Summary, MaxText); err != nil {
		return nil, err
	}
	holder := s.Holder(c.Role)
	acting := c.Role == Commander && holder == "" && s.Leader() != ""
	if acting {
		holder = s.Leader()
	}
	switch {
	case holder == "", acting && holder == c.To:
		return nil, wrongState("role_free",
			fmt.Sprintf("nobody holds the role of %s: assign it instead", c.Role))
	case holder == c.To:
		return nil, nil
	}
	if err := ctx.requireHolder(s, c.Role); err != nil {
		return nil, err
	}
	return []Event{RoleHandedOver{Role: c.Role, From: holder, To: c.To, Summary: c.Summary}}, nil
}

func (c HandOverRole) conflicts(before, after State) bool { return roleChanged(c.Role, before, after) }

// Type returns "incident.role_handed_over".
func (RoleHandedOver) Type() string { return "incident.role_handed_over" }

// Accept calls VisitRoleHandedOver.
func (e RoleHandedOver) Accept(v Visitor) { v.VisitRoleHandedOver(e) }

func (e RoleHandedOver) traits() traits { return editable | content.when(e.Summary != "") }

func (e RoleHandedOver) evolve(s State, _ Meta) State { return s.held(e.Role, e.To) }
