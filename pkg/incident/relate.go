package incident

import (
	"fmt"
	"slices"
)

// Relation is how another incident belongs to this one.
type Relation uint8

// The relations.
const (
	RelationUnknown Relation = iota // not stated
	RelatedTo                       // both belong together
	DuplicateOf                     // this one is the other one, declared again
	DuplicatedBy                    // the other one is this one, declared again
)

func relationNames() []string {
	return []string{"unknown", "related", "duplicate_of", "duplicated_by"}
}

// String returns the name in lower case with '_', for example "duplicate_of".
func (r Relation) String() string { return nameOf(relationNames(), r) }

// Known reports whether the relation is one that two incidents can have.
func (r Relation) Known() bool { return r >= RelatedTo && r <= DuplicatedBy }

// ParseRelation reads related, duplicate_of or duplicated_by. It returns a
// Rejection of kind InvalidArgument.
func ParseRelation(s string) (Relation, error) {
	return parseName[Relation]("relation", relationNames(), s)
}

// Inverse is the relation as the other incident sees it.
func (r Relation) Inverse() Relation {
	switch r {
	case DuplicateOf:
		return DuplicatedBy
	case DuplicatedBy:
		return DuplicateOf
	case RelationUnknown, RelatedTo:
	}
	return r
}

// RelateIncident says that another incident belongs to this one. Each of the two
// goes on by itself; Merge ends one. Any responder may who sees both. What is so
// already is no event and no error. The caller tells the other incident too.
type RelateIncident struct {
	Other    ID
	Relation Relation

	// Facts about the other incident, which the caller looks up.

	OtherExists     bool // and the actor may see it
	OtherMergedInto ID   // where it points, if it was merged
}

// Related says that another incident belongs to this one.
type Related struct {
	Other    ID
	Relation Relation
}

// relatedIncident is one of those that belong to an incident.
type relatedIncident struct {
	other    ID
	relation Relation
}

// Name returns "relate_incident".
func (RelateIncident) Name() string { return "relate_incident" }

func (c RelateIncident) decide(s State, _ Context) ([]Event, error) {
	switch {
	case !c.Relation.Known():
		return nil, invalid("relation", "unknown_relation", "unknown relation: use related, duplicate_of or duplicated_by")
	case !c.Other.Valid():
		return nil, invalid("other", "not_an_id", "other does not name an incident: use its number or id")
	case c.Other == s.ID:
		return nil, invalid("other", "itself", "an incident cannot be related to itself: name the other one")
	case !c.OtherExists:
		return nil, notFound("other", "no_such_incident", "there is no such incident to relate to: check its number")
	case s.RelationTo(c.Other) == c.Relation:
		return nil, nil
	case c.OtherMergedInto != "":
		return nil, goOnAt("other_merged", c.OtherMergedInto,
			fmt.Sprintf("that incident was merged into %s: relate to that one", c.OtherMergedInto))
	}
	return []Event{Related{Other: c.Other, Relation: c.Relation}}, nil
}

func (c RelateIncident) conflicts(before, after State) bool {
	return before.RelationTo(c.Other) != after.RelationTo(c.Other)
}

// RelationTo returns how another incident belongs to this one; RelationUnknown when
// nobody has said that it does.
func (s State) RelationTo(other ID) Relation {
	if i := s.findRelated(other); i >= 0 {
		return s.related[i].relation
	}
	return RelationUnknown
}

func (s State) findRelated(other ID) int {
	return slices.IndexFunc(s.related, func(r relatedIncident) bool { return r.other == other })
}

// Type returns "incident.related".
func (Related) Type() string { return "incident.related" }

// Accept calls VisitRelated.
func (e Related) Accept(v Visitor) { v.VisitRelated(e) }

func (Related) traits() traits { return ignorable }

func (e Related) evolve(s State, _ Meta) State {
	one := relatedIncident{other: e.Other, relation: e.Relation}
	i := s.findRelated(e.Other)
	if i < 0 {
		s.related = append(slices.Clip(s.related), one)
		return s
	}
	s.related = slices.Clone(s.related)
	s.related[i] = one
	return s
}
