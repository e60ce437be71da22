package page

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/calendar"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Problem says why a page, a person or a way cannot be used; zero: it can.
type Problem = signalv1.PageProblem

// The problems.
const (
	NoTeam               = signalv1.PageProblem_PAGE_PROBLEM_NO_TEAM
	NoMembers            = signalv1.PageProblem_PAGE_PROBLEM_NO_MEMBERS
	NoWay                = signalv1.PageProblem_PAGE_PROBLEM_NO_WAY
	NoIntegration        = signalv1.PageProblem_PAGE_PROBLEM_NO_INTEGRATION
	AmbiguousIntegration = signalv1.PageProblem_PAGE_PROBLEM_AMBIGUOUS_INTEGRATION
)

// Ask says what calls, and how urgent it is.
type Ask struct {
	// Team is called, by name; empty, or one that there is not: the owner of the service.
	Team string
	// Service is the service concerned, by name; may be empty or unknown.
	Service string
	// Urgency says how much people are disturbed, Severity what the route gives: what carries
	// a way may be there for certain severities only.
	Urgency  catalogv1.Urgency
	Severity incident.Severity
	// At is when it is asked.
	At time.Time
}

// Whom is who is called, and how.
type Whom struct {
	// Team is the team that is called, Service the one that the catalog knows; both by
	// name, either may be empty.
	Team, Service string
	// Recipients are who is called, in order.
	Recipients []Recipient
	// Problem says why nobody is called.
	Problem Problem
	// NotBefore is when they may be disturbed: at once, or when the team works.
	NotBefore time.Time
	// Sequence and Revision say which catalog said so.
	Sequence, Revision uint64
}

// Recipient is one person who is called.
type Recipient struct {
	// Person is the opaque id, Revision that of the person's resource.
	Person   string
	Revision uint64
	// Ways are those that fit the urgency, in the order in which they are tried.
	Ways []Way
	// Problem says why nothing reaches the person.
	Problem Problem
}

// Way is one way to reach a person.
type Way struct {
	// Number is its place among all ways of the person, from 1.
	Number int
	// Type is which way, Integration what carries it, by name.
	Type        catalogv1.ContactType
	Integration string
	// Problem says why it cannot be used.
	Problem Problem
}

// Usable tells whether anything can be tried by this way.
func (w Way) Usable() bool { return w.Problem == 0 }

// Reachable tells whether at least one person can be told by at least one way.
func (w Whom) Reachable() bool {
	return slices.ContainsFunc(w.Recipients, func(r Recipient) bool { return slices.ContainsFunc(r.Ways, Way.Usable) })
}

// Of works out whom a page calls: everybody in the team that is asked for, else in the
// team that owns the service. It is a pure function of the catalog and what is asked.
//
// A team is its own members. One that has none is there to hold others together: then
// those of its sub-teams are meant, in the order of their names. A page does not climb
// to the team above: who is not on it has not agreed to be called for it.
func Of(state *catalog.State, ask Ask) Whom {
	whom := Whom{NotBefore: ask.At, Sequence: state.Sequence(), Revision: state.Revision()}
	service, known := state.Get("service", ask.Service)
	if known && ask.Service != "" {
		whom.Service = service.Name
	}
	team, ok := state.Get("team", ask.Team)
	if !ok && whom.Service != "" {
		team, ok = state.Get("team", service.Spec.GetService().GetOwner())
	}
	if !ok {
		whom.Problem = NoTeam
		return whom
	}
	whom.Team, whom.NotBefore = team.Name, NotBefore(state, team.Name, ask.Urgency, ask.At)
	carriers := carriersOf(state, ask.Severity)
	for _, name := range membersOf(state, team) {
		if person, ok := state.Get("person", name); ok {
			whom.Recipients = append(whom.Recipients, recipient(person, ask.Urgency, carriers))
		}
	}
	if len(whom.Recipients) == 0 {
		whom.Problem = NoMembers
	}
	return whom
}

// membersOf are the names of those who are meant by a team, each once.
func membersOf(state *catalog.State, team *catalog.Resource) []string {
	var names []string
	seen := map[string]bool{}
	var gather func(*catalog.Resource)
	gather = func(t *catalog.Resource) {
		if seen["team/"+t.Name] {
			return
		}
		seen["team/"+t.Name] = true
		members := t.Spec.GetTeam().GetMembers()
		for _, name := range members {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
		if len(members) > 0 {
			return
		}
		for _, sub := range state.List("team") {
			if sub.Spec.GetTeam().GetParent() == t.Name {
				gather(sub)
			}
		}
	}
	gather(team)
	return names
}

// NotBefore is when the people of a team, by name, may be disturbed who were not before a
// time: then, or, where the urgency is low and the team has working hours, when it works.
func NotBefore(state *catalog.State, team string, urgency catalogv1.Urgency, at time.Time) time.Time {
	t, _ := state.Get("team", team)
	if t == nil || urgency != catalogv1.Urgency_URGENCY_LOW {
		return at
	}
	r, ok := state.Get("calendar", t.Spec.GetTeam().GetCalendar())
	if !ok {
		return at
	}
	c, err := calendar.Of(r.Name, r.Spec.GetCalendar())
	if err != nil || c.Open(at) {
		return at
	}
	return c.Add(at, time.Nanosecond).Truncate(time.Microsecond).UTC()
}
