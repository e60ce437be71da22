package catalog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Version is one change of a resource.
type Version struct {
	// Change is what was done.
	Change catalogv1.ChangeKind
	// Resource is as it was afterwards, or as it was when it was deleted. After an
	// erasure its name is its id and its specification is empty.
	Resource *Resource
	// Differences are for eyes; empty after an erasure.
	Differences []string
	// At is when it became visible, Actor the id of who did it.
	At    time.Time
	Actor string
	// Erased is true when what it said is gone for good.
	Erased bool
}

// commits are the applies that became visible, by their id.
type commits map[string]chain.Envelope

func loadCommits(ctx context.Context, log eventlog.Reader) (commits, error) {
	messages, err := log.Load(ctx, headSubject, 0)
	if err != nil {
		return nil, fmt.Errorf("read applies: %w", err)
	}
	found := make(commits, len(messages))
	for _, m := range messages {
		c, err := chain.Open(m.Data)
		if err != nil {
			return nil, fmt.Errorf("read apply at %d: %w", m.Sequence, err)
		}
		for i := range c.Records {
			var facts catalogv1.ApplyCommittedFacts
			e, err := c.Records[i].Envelope()
			if err == nil {
				err = proto.Unmarshal(c.Records[i].Facts, &facts)
			}
			if err != nil {
				return nil, fmt.Errorf("read apply at %d: %w", m.Sequence, err)
			}
			found[facts.GetApplyId()] = e
		}
	}
	return found, nil
}

// History returns what became of the resources with the ids, oldest first: see
// [State.Bearers]. What was staged and never became visible is not part of it.
func History(ctx context.Context, log eventlog.Reader, kind string, ids ...string) ([]Version, error) {
	visible, err := loadCommits(ctx, log)
	if err != nil {
		return nil, err
	}
	var all []Version
	for _, id := range ids {
		versions, err := historyOf(ctx, log, visible, (&Resource{Kind: kind, ID: id}).Subject())
		if err != nil {
			return nil, err
		}
		all = append(all, versions...)
	}
	slices.SortStableFunc(all, func(a, b Version) int { return a.At.Compare(b.At) })
	return all, nil
}

func historyOf(ctx context.Context, log eventlog.Reader, visible commits, subject string) ([]Version, error) {
	var all []Version
	var last *Resource
	gone := false // what last said
	err := eachStaged(ctx, log, subject, func(s stagedChange) {
		committed, ok := visible[s.facts.GetApplyId()]
		if !ok {
			return
		}
		v := Version{Resource: s.resource, At: committed.RecordedAt(), Actor: committed.Actor, Erased: s.erased}
		switch {
		case s.facts.GetOperation() == catalogv1.Operation_OPERATION_DELETE:
			v.Change, v.Erased = catalogv1.ChangeKind_CHANGE_KIND_DELETE, gone
			if last != nil {
				before := *last
				before.Revision, before.UpdatedAt = s.resource.Revision, s.resource.UpdatedAt
				v.Resource = &before
			}
			last = nil
		case last == nil:
			v.Change = catalogv1.ChangeKind_CHANGE_KIND_CREATE
			v.Differences = unlessErased(v.Erased, nil, s.resource)
			last, gone = s.resource, s.erased
		default:
			v.Change = catalogv1.ChangeKind_CHANGE_KIND_UPDATE
			v.Differences = unlessErased(v.Erased || gone, last, s.resource)
			last, gone = s.resource, s.erased
		}
		all = append(all, v)
	})
	return all, err
}

func unlessErased(erased bool, before, after *Resource) []string {
	if erased {
		return nil
	}
	return differences(before, after)
}

// stagedChange is one staged change of a subject, visible or not.
type stagedChange struct {
	facts    *catalogv1.ResourceStagedFacts
	resource *Resource
	revision uint64
	erased   bool
}

// eachStaged calls visit for every staged change of a subject, oldest first.
func eachStaged(ctx context.Context, log eventlog.Reader, subject string, visit func(stagedChange)) error {
	messages, err := log.Load(ctx, subject, 0)
	if err != nil {
		return fmt.Errorf("read changes of %s: %w", subject, err)
	}
	for _, m := range messages {
		c, err := chain.Open(m.Data)
		if err != nil {
			return fmt.Errorf("read changes of %s: %w", subject, err)
		}
		for i := range c.Records {
			r := &c.Records[i]
			e, err := r.Envelope()
			if err != nil {
				return fmt.Errorf("read changes of %s: %w", subject, err)
			}
			if e.Type != typeStaged {
				continue
			}
			facts := &catalogv1.ResourceStagedFacts{}
			if err := proto.Unmarshal(r.Facts, facts); err != nil {
				return fmt.Errorf("read changes of %s: %w", subject, err)
			}
			resource, err := stagedResource(r, &e, facts)
			if err != nil {
				return err
			}
			visit(stagedChange{facts: facts, resource: resource, revision: e.Revision, erased: r.Redacted})
		}
	}
	return nil
}
