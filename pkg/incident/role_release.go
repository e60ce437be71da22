package incident

// ReleaseRole leaves a role, which is free then. It is for the holder and for
// whoever leads. A role that is free already is no event and no error.
type ReleaseRole struct {
	Role Role
}

// RoleReleased says that the holder left a role, which is free now.
type RoleReleased struct {
	Role   Role
	Person PersonID // who held it
}

// Name returns "release_role".
func (ReleaseRole) Name() string { return "release_role" }

func (c ReleaseRole) decide(s State, ctx Context) ([]Event, error) {
	if err := checkRole(c.Role); err != nil {
		return nil, err
	}
	holder := s.Holder(c.Role)
	if holder == "" {
		return nil, nil
	}
	if err := ctx.requireHolder(s, c.Role); err != nil {
		return nil, err
	}
	return []Event{RoleReleased{Role: c.Role, Person: holder}}, nil
}

func (c ReleaseRole) conflicts(before, after State) bool { return roleChanged(c.Role, before, after) }

// Type returns "incident.role_released".
func (RoleReleased) Type() string { return "incident.role_released" }

// Accept calls VisitRoleReleased.
func (e RoleReleased) Accept(v Visitor) { v.VisitRoleReleased(e) }

func (RoleReleased) traits() traits { return 0 }

func (e RoleReleased) evolve(s State, _ Meta) State { return s.held(e.Role, "") }
