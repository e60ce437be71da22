package incident

import "fmt"

// Merge says that the incident goes on under another one. From then on it takes
// only notes and changes to its own entries. It needs the commander's rights.
// Into the incident into which it was merged already is no event and no error.
//
// Two incidents that are merged into each other at the same instant point at
// each other: each is decided alone. Readers that follow MergedInto must stop
// at what they have seen.
type Merge struct {
	Into   ID     // the other incident
	Reason string // optional

	// Facts about the other incident, which the caller looks up.

	TargetExists     bool // and the actor may see it
	TargetMergedInto ID   // where it points, if it was merged itself
}

// Merged says that the incident goes on under another one, to which it now points.
type Merged struct {
	Into   ID
	Reason string // content
}

// Name returns "merge".
func (Merge) Name() string { return "merge" }

func (c Merge) decide(s State, ctx Context) ([]Event, error) {
	if !c.Into.Valid() {
		return nil, invalid("into", "not_an_id", "into does not name an incident: use its number or id")
	}
	if err := checkOptional("reason", c.Reason, MaxReason); err != nil {
		return nil, err
	}
	if err := ctx.requireLead(s); err != nil {
		return nil, err
	}
	if s.MergedInto == c.Into {
		return nil, nil
	}
	switch {
	case c.Into == s.ID:
		return nil, invalid("into", "itself", "an incident cannot be merged into itself: name the other one")
	case !c.TargetExists:
		return nil, notFound("into", "no_such_incident", "there is no such incident to merge into: check its number")
	case c.TargetMergedInto == s.ID:
		return nil, wrongState("merge_loop",
			"that incident was merged into this one already: go on here")
	case c.TargetMergedInto != "":
		return nil, goOnAt("target_merged", c.TargetMergedInto,
			fmt.Sprintf("that incident was merged into %s itself: merge into that one", c.TargetMergedInto))
	}
	return []Event{Merged{Into: c.Into, Reason: c.Reason}}, nil
}

func (Merge) conflicts(before, after State) bool { return !sameLife(before, after) }

// Type returns "incident.merged".
func (Merged) Type() string { return "incident.merged" }

// Accept calls VisitMerged.
func (e Merged) Accept(v Visitor) { v.VisitMerged(e) }

func (e Merged) traits() traits { return editable | content.when(e.Reason != "") }

func (e Merged) evolve(s State, _ Meta) State {
	s.MergedInto = e.Into
	return s
}
