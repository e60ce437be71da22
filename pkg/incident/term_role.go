package incident

// Role is a duty that one person holds in an incident. One person may hold
// several.
type Role uint8

// The roles.
const (
	RoleUnknown        Role = iota // not stated
	Commander                      // owns the incident end to end and decides
	TechnicalLead                  // drives the investigation and the remedy
	CommunicationsLead             // speaks to customers and shields the team
	Scribe                         // writes down what happens as it happens
)

// roleCount is the size of a table indexed by Role.
const roleCount = int(Scribe) + 1

func roleNames() []string {
	return []string{"unknown", "commander", "technical_lead", "communications_lead", "scribe"}
}

// String returns the name in lower case with '_', for example "technical_lead".
func (r Role) String() string { return nameOf(roleNames(), r) }

// Known reports whether the role is one that can be held.
func (r Role) Known() bool { return r >= Commander && r <= Scribe }

// Roles returns every role that can be held.
func Roles() []Role { return []Role{Commander, TechnicalLead, CommunicationsLead, Scribe} }

// ParseRole reads the name of a role without regard to case or to '-', '_' and
// ' '. The short forms ic, lead, tech, tl, comms and cl are accepted. It returns a
// Rejection of kind InvalidArgument.
func ParseRole(s string) (Role, error) {
	switch foldName(s) {
	case "ic", "incident_commander":
		return Commander, nil
	case "lead", "tech", "tl", "tech_lead":
		return TechnicalLead, nil
	case "comms", "cl", "comms_lead":
		return CommunicationsLead, nil
	}
	return parseName[Role]("role", roleNames(), s)
}
