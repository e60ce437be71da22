package resource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// The instants at which the erasure of a person may be interrupted.
var (
	pointBeforeErase  = failpoint.New("erase.before_erase")
	pointBetweenErase = failpoint.New("erase.between_erasures")
)

// ErasePerson implements catalogv1.CatalogServiceServer. First one apply deletes the
// person with their tokens and memberships; then every past change that says
// something about them is redacted, one at a time.
func (s *Service) ErasePerson(ctx context.Context, r *catalogv1.ErasePersonRequest) (*catalogv1.ErasePersonResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	state, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := s.whom(state, by, r.GetName())
	if err != nil {
		return nil, err
	}
	answer := &catalogv1.ErasePersonResponse{}
	c := change{managedBy: catalog.ManagedByProduct, by: by, dryRun: r.GetDryRun()}
	// What is remembered of the request names ids only.
	bare := &catalogv1.ErasePersonRequest{Name: strings.Join(ids, " "), DryRun: r.GetDryRun()}
	if err := s.identify(&c, r.GetRequestId(), bare); err != nil {
		return nil, err
	}
	for _, id := range ids {
		person, ok := state.ByID(id)
		if !ok {
			continue
		}
		leave(&c, state, person.Name)
		if person.ManagedBy == catalog.ManagedByFile {
			answer.Warnings = append(answer.Warnings, "they came from files: take them out of those, or the next apply brings them back")
		}
	}
	if len(c.remove) > 0 {
		done, err := s.apply(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, one := range done.changes {
			answer.Changes = append(answer.Changes, one.Proto())
		}
		answer.Position, state = done.position, done.state
	}
	return s.wipe(ctx, c, state, ids, answer)
}

// whom finds the ids of a person, also of one who was deleted before.
func (s *Service) whom(state *catalog.State, by auth.Principal, name string) ([]string, error) {
	ids := state.Bearers("person", name)
	if person, ok := state.Person(name); ok {
		ids = append(state.Bearers("person", person.Name), person.ID)
		slices.Sort(ids)
		ids = slices.Compact(ids)
	}
	if len(ids) == 0 {
		_, err := s.reader(by).find(state, "person", name)
		return nil, err
	}
	if slices.Contains(ids, by.Person) {
		return nil, &rpc.Refusal{
			Code: codes.FailedPrecondition, Reason: "oneself", Field: "name",
			Message: "nobody can erase themselves: ask another admin",
		}
	}
	return ids, nil
}

// leave makes a change delete a person with their tokens, and take them out of teams.
func leave(c *change, state *catalog.State, name string) {
	c.remove = append(c.remove, "person/"+name)
	for _, token := range state.List("token") {
		if token.Spec.GetToken().GetPerson() == name {
			c.remove = append(c.remove, token.Key())
		}
	}
	is := func(member string) bool { return member == name }
	for _, team := range state.List("team") {
		if !slices.ContainsFunc(team.Spec.GetTeam().GetMembers(), is) {
			continue
		}
		spec, ok := proto.Clone(team.Spec).(*catalogv1.Spec)
		if !ok {
			continue
		}
		spec.GetTeam().Members = slices.DeleteFunc(spec.GetTeam().GetMembers(), is)
		spec.GetTeam().Managers = slices.DeleteFunc(spec.GetTeam().GetManagers(), is)
		c.desired = append(c.desired, &catalog.Resource{Kind: "team", Name: team.Name, Spec: spec})
	}
}

// wipe erases what past changes say.
func (s *Service) wipe(ctx context.Context, c change, state *catalog.State, ids []string, answer *catalogv1.ErasePersonResponse) (*catalogv1.ErasePersonResponse, error) {
	mentions, err := catalog.Mentions(ctx, s.Log, state, ids...)
	if err != nil || c.dryRun {
		answer.Erased = int32(len(mentions))
		return answer, err
	}
	for i, m := range mentions {
		point := pointBetweenErase
		if i == 0 {
			point = pointBeforeErase
		}
		if err := point.Hit(ctx); err != nil {
			return nil, err
		}
		position, err := s.erase(ctx, c, m)
		if position.Sequence == 0 {
			return nil, err
		}
		if err != nil { // recorded, and erased from the disk later
			s.Logger.ErrorContext(ctx, "erased text is still on the disk", "subject", m.Subject, "error", err.Error())
			answer.Warnings = append(answer.Warnings, warnNotErased)
		}
		answer.Erased++
		answer.Position = position.String()
	}
	answer.Warnings = slices.Compact(answer.Warnings)
	return answer, nil
}

// warnNotErased is said when the erasure is recorded but the disk still has the text.
const warnNotErased = "some of it is gone from every view, but not yet erased from the disk: this is tried again by itself"

// erase redacts one mention, again while others are quicker.
func (s *Service) erase(ctx context.Context, c change, m catalog.Mention) (eventlog.Position, error) {
	for {
		state, err := s.current(ctx)
		if err != nil {
			return eventlog.Position{}, err
		}
		redaction, err := catalog.Erasure(state, m, s.author(ctx, c))
		if err != nil {
			return eventlog.Position{}, err
		}
		position, err := eventlog.Redact(ctx, s.Log, redaction)
		switch {
		case errors.Is(err, eventlog.ErrConflict):
			continue
		case errors.Is(err, eventlog.ErrAlreadyRedacted):
			head, err := s.Log.Head(ctx)
			return head, err
		case err != nil:
			return position, fmt.Errorf("erase what was said about a person: %w", err)
		}
		return position, nil
	}
}
