package incident

import "slices"

// UnrelateIncident takes back that another incident belongs to this one. Any
// responder may who sees both. What is not related is no event and no error. The
// caller tells the other incident too.
type UnrelateIncident struct {
	Other ID

	// OtherExists is a fact about the other incident, which the caller looks up: it
	// exists and the actor may see it.
	OtherExists bool
}

// Unrelated takes back that another incident belongs to this one.
type Unrelated struct{ Other ID }

// Name returns "unrelate_incident".
func (UnrelateIncident) Name() string { return "unrelate_incident" }

func (c UnrelateIncident) decide(s State, _ Context) ([]Event, error) {
	switch {
	case !c.Other.Valid():
		return nil, invalid("other", "not_an_id", "other does not name an incident: use its number or id")
	case !c.OtherExists:
		return nil, notFound("other", "no_such_incident", "there is no such incident: check its number")
	case s.RelationTo(c.Other) == RelationUnknown:
		return nil, nil
	}
	return []Event{Unrelated{Other: c.Other}}, nil
}

func (c UnrelateIncident) conflicts(before, after State) bool {
	return before.RelationTo(c.Other) != after.RelationTo(c.Other)
}

func (UnrelateIncident) curates() {}

// Type returns "incident.unrelated".
func (Unrelated) Type() string { return "incident.unrelated" }

// Accept calls VisitUnrelated.
func (e Unrelated) Accept(v Visitor) { v.VisitUnrelated(e) }

func (Unrelated) traits() traits { return 0 }

func (e Unrelated) evolve(s State, _ Meta) State {
	if i := s.findRelated(e.Other); i >= 0 {
		s.related = slices.Delete(slices.Clone(s.related), i, i+1)
	}
	return s
}
