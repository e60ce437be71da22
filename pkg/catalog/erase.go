package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Mention is one past change that says something about a person.
type Mention struct {
	// Subject and Revision name it in the log.
	Subject  string
	Revision uint64
}

// Mentions finds every change, visible or only staged, that is about the people with
// the ids: their own resources, and tokens and teams that bear their names. What is
// erased already is not among them.
func Mentions(ctx context.Context, log eventlog.Reader, s *State, ids ...string) ([]Mention, error) {
	var found []Mention
	names := map[string]bool{}
	look := func(kind, id string, about func(*Resource) bool) error {
		subject := (&Resource{Kind: kind, ID: id}).Subject()
		return eachStaged(ctx, log, subject, func(c stagedChange) {
			put := c.facts.GetOperation() == catalogv1.Operation_OPERATION_PUT
			if put && !c.erased && about(c.resource) {
				found = append(found, Mention{Subject: subject, Revision: c.revision})
			}
		})
	}
	for _, id := range ids {
		err := look("person", id, func(r *Resource) bool {
			names[r.Name] = true
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	for _, id := range s.IDs("token") {
		if err := look("token", id, func(r *Resource) bool { return names[r.Spec.GetToken().GetPerson()] }); err != nil {
			return nil, err
		}
	}
	for _, id := range s.IDs("team") {
		err := look("team", id, func(r *Resource) bool {
			team := r.Spec.GetTeam()
			is := func(name string) bool { return names[name] }
			return slices.ContainsFunc(team.GetMembers(), is) || slices.ContainsFunc(team.GetManagers(), is)
		})
		if err != nil {
			return nil, err
		}
	}
	// The person's own come last: an interrupted erasure still knows the names.
	slices.SortStableFunc(found, func(a, b Mention) int { return own(a, ids) - own(b, ids) })
	return found, nil
}

func own(m Mention, ids []string) int {
	if slices.ContainsFunc(ids, func(id string) bool { return m.Subject == "catalog.person."+id }) {
		return 1
	}
	return 0
}

// Erasure seals the record that goes with the erasure of a mention, for
// [eventlog.Redact].
func Erasure(s *State, m Mention, by Author) (eventlog.Redaction, error) {
	entry, _, err := by.seal(s, m.Subject, typeErased, &catalogv1.ResourceErasedFacts{Revision: m.Revision}, nil,
		chain.Request{TraceParent: by.Request.TraceParent})
	if err != nil {
		return eventlog.Redaction{}, fmt.Errorf("erase %s revision %d: %w", m.Subject, m.Revision, err)
	}
	return eventlog.Redaction{Subject: m.Subject, Revision: m.Revision, Entry: entry}, nil
}

// ErasedPerson returns the id of the person of whom a message says that something was
// erased; false for every other message.
func ErasedPerson(m eventlog.Message) (id string, ok bool) {
	id, ok = strings.CutPrefix(m.Subject, "catalog.person.")
	if !ok {
		return "", false
	}
	c, err := chain.Open(m.Data)
	if err != nil {
		return "", false
	}
	erased := slices.ContainsFunc(c.Records, func(r chain.Record) bool { return string(r.Type()) == typeErased })
	return id, erased
}
