package incident

import (
	"slices"
	"time"
)

// State is what is so about an incident after some of its events. It holds what
// rules need and no texts but the title, so that thousands of them fit into
// memory. The zero State means "not declared".
//
// A State is a value: copies share memory, and nothing that Evolve does to one
// shows in another.
type State struct {
	ID       ID
	Number   uint64 // as in INC-41
	Revision uint64 // number of events folded; also the etag
	Title    string // empty after a redaction

	Severity Severity
	Status   Status
	Kind     Kind
	Origin   Origin
	Private  bool
	Drill    bool

	Declarer   PersonID
	MergedInto ID   // where the incident goes on; empty when it was not merged
	FalseAlarm bool // it was cancelled, and not reopened since
	Mitigated  bool // customers are no longer hurt, as far as was said since it last got worse
	Touched    bool // somebody did something after the declaration
	Stable     bool // somebody confirmed it since it last got worse
	Debriefed  bool // somebody wrote down what the talk afterwards gave, since it was last reopened
	Frozen     bool // an event was met that only a later version understands

	Postmortem      PostmortemState
	PostmortemOwner PersonID // empty when nobody was asked to write it

	OccurredAt time.Time // of the declaration
	RecordedAt time.Time // of the last event

	titleFrom    uint64 // revision that gave Title
	led          bool   // the commander's role was held at least once
	holders      [roleCount]PersonID
	members      []PersonID        // copied when written
	acknowledged []PersonID        // copied when written
	impact       []ComponentImpact // by component; copied when written
	people       list[PersonID]    // whoever acted; entries refer to it by index
	services     []string          // never changed
	alerts       list[AlertID]
	clocks       list[clockNote] // what was recorded of each run
	updates      list[publicUpdate]
	entries      list[entry]

	// Work and aftermath.
	tasks      items
	followUps  items
	checklists list[Checklist]
	reviews    []string // categories of which a review was scheduled; copied when written

	// Investigation.

	// ImpactStart and ImpactEnd are when customers suffered; zero: nobody has said,
	// or they still do.
	ImpactStart, ImpactEnd time.Time

	Category string // catalog name of the kind of cause; empty when nobody has said

	related    []relatedIncident // copied when written
	hypotheses list[hypothesis]
	decisions  uint64
	blasts     uint64 // how often the blast radius was stated
	checks     list[CheckKey]
}

// Declared reports whether the incident exists.
func (s State) Declared() bool { return s.Status != StatusUnknown }

// Open reports whether somebody still works on the incident under this name.
func (s State) Open() bool { return s.Status.Open() && s.MergedInto == "" }

// Holder returns who holds the role, or "" when it is free.
func (s State) Holder(r Role) PersonID {
	if !r.Known() {
		return ""
	}
	return s.holders[r]
}

// Commander returns who holds the commander's role, or "" when it is free.
func (s State) Commander() PersonID { return s.holders[Commander] }

// Members returns those who may see the incident when it is private, in the order in
// which they came: the declarer, everybody who holds or held a role, whoever made it
// private, and those who were added; less those who were removed.
func (s State) Members() []PersonID { return slices.Clone(s.members) }

// Actors returns everybody who did anything, in the order in which they came:
// people and machines.
func (s State) Actors() []PersonID {
	var out []PersonID
	for i := range s.people.size() {
		out = append(out, s.people.at(i))
	}
	return out
}

// Services returns the services that the declaration named. The caller must not
// change them.
func (s State) Services() []string { return s.services }

// Acknowledged returns who acknowledged the incident, first come first.
func (s State) Acknowledged() []PersonID { return slices.Clone(s.acknowledged) }

// Impact returns the components of which something was said, by name.
func (s State) Impact() []ComponentImpact { return slices.Clone(s.impact) }

// ComponentStatus returns the internal view of one component: ComponentUnknown
// when nothing was said of it.
func (s State) ComponentStatus(component string) ComponentStatus {
	i, found := findComponent(s.impact, component)
	if !found {
		return ComponentUnknown
	}
	return s.impact[i].Status
}

// HasAlert reports whether the alert declared the incident or is linked to it.
func (s State) HasAlert(id AlertID) bool {
	return s.alerts.find(func(a AlertID) bool { return a == id }) >= 0
}

// joined returns s with the person among its members.
func (s State) joined(p PersonID) State {
	s.members = including(s.members, p)
	return s
}

// including returns people with p, without writing to memory that others share.
func including(people []PersonID, p PersonID) []PersonID {
	if p == "" || slices.Contains(people, p) {
		return people
	}
	return append(slices.Clip(people), p)
}
