package incident

import "slices"

// Authority is what an account may do everywhere. Each one includes those before.
type Authority uint8

// The authorities. The zero value may do nothing.
const (
	Nobody    Authority = iota
	Viewer              // reads what is not private
	Responder           // declares incidents and works on them
	Manager             // acts as commander of every incident it can see
	Admin               // also sees private incidents
)

func authorityNames() []string {
	return []string{"nobody", "viewer", "responder", "manager", "admin"}
}

// String returns the name in lower case, for example "responder".
func (a Authority) String() string { return nameOf(authorityNames(), a) }

// ParseAuthority reads viewer, responder, manager or admin. It returns a
// Rejection of kind InvalidArgument.
func ParseAuthority(s string) (Authority, error) {
	return parseName[Authority]("authority", authorityNames(), s)
}

// CanSee reports whether the incident exists for the person. A private one does
// for its members and for admins; any other for every viewer. Whoever cannot
// see it is told that it does not exist.
func CanSee(s State, who PersonID, a Authority) bool {
	if !s.Declared() || a < Viewer {
		return false
	}
	return !s.Private || a >= Admin || who != "" && slices.Contains(s.members, who)
}

// Leader returns who has the commander's rights by name: the holder of the
// role; until somebody has taken it, the person who declared; otherwise "",
// which means that nobody leads and any responder may decide.
func (s State) Leader() PersonID {
	if c := s.Commander(); c != "" {
		return c
	}
	if !s.led && s.Origin == OriginPerson {
		return s.Declarer
	}
	return ""
}

// Leads reports whether the person has the commander's rights on the incident:
// as its leader, as manager or admin, or as any responder while nobody leads.
func Leads(s State, who PersonID, a Authority) bool {
	switch {
	case a < Responder:
		return false
	case a >= Manager:
		return true
	}
	leader := s.Leader()
	return leader == "" || leader == who
}

// leads is Leads for the giver of a command.
func (c Context) leads(s State) bool { return Leads(s, c.Actor, c.Authority) }

// requireLead refuses those who have no commander's rights on the incident.
func (c Context) requireLead(s State) error {
	if c.leads(s) {
		return nil
	}
	return denied("not_commander",
		"only the incident's commander, a manager or an admin may do this: ask the commander, or have the role handed over to you")
}

// requireVoice refuses those who may not speak to customers: it is for the
// communications lead and for whoever leads.
func (c Context) requireVoice(s State) error {
	if c.leads(s) || c.Actor == s.Holder(CommunicationsLead) {
		return nil
	}
	return denied("not_communications_lead",
		"only the communications lead, the commander, a manager or an admin may speak to customers: take the communications lead if it is free")
}

// requireOwn refuses those who neither wrote the entry nor lead.
func (c Context) requireOwn(s State, e Entry) error {
	if c.Actor == e.Author || c.leads(s) {
		return nil
	}
	return denied("not_author",
		"only the author of the entry, the commander, a manager or an admin may do this")
}
