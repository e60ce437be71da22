package answer

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// related names the incidents that belong to one, or are reviewed with it, and leaves
// out those that the caller may not see now.
func (s *Service) related(ctx context.Context, i *timelinev1.Incident) error {
	var ids []string
	for _, r := range i.GetRelated() {
		ids = append(ids, r.GetId())
	}
	for _, r := range i.GetReviews() {
		for _, e := range r.GetEarlier() {
			ids = append(ids, e.GetId())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	numbers, err := s.numbers(ctx, ids)
	if err != nil {
		return err
	}
	i.Related = seen(i.GetRelated(), numbers, func(r *timelinev1.RelatedIncident, name string) { r.Name = name })
	for _, r := range i.GetReviews() {
		r.Earlier = seen(r.GetEarlier(), numbers, func(e *timelinev1.ReviewedIncident, name string) { e.Name = name })
	}
	return nil
}

// numbers returns the numbers of those incidents that the caller may see now.
func (s *Service) numbers(ctx context.Context, ids []string) (numbers map[string]uint64, err error) {
	err = s.read(ctx, "read related incidents", "", func(snapshot *store.Snapshot) error {
		snapshot.Last()
		numbers, err = snapshot.Numbers(ctx, ids)
		return err
	})
	return numbers, err
}

// unseen stands for an incident that the caller may not see.
const unseen = "another incident"

// others puts the names of other incidents into the headlines of entries.
func (s *Service) others(ctx context.Context, entries ...*timelinev1.Entry) error {
	headlines := make([]string, len(entries))
	for i, e := range entries {
		headlines[i] = e.GetHeadline()
	}
	name, err := s.otherNames(ctx, headlines)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.Headline = view.NameOthers(e.GetHeadline(), name)
	}
	return nil
}

// otherNames knows the names of the other incidents that stand in headlines.
func (s *Service) otherNames(ctx context.Context, headlines []string) (func(incident.ID) string, error) {
	var ids []string
	for _, headline := range headlines {
		view.NameOthers(headline, func(id incident.ID) string {
			ids = append(ids, string(id))
			return ""
		})
	}
	var numbers map[string]uint64
	if len(ids) > 0 {
		var err error
		if numbers, err = s.numbers(ctx, ids); err != nil {
			return nil, err
		}
	}
	return func(id incident.ID) string {
		if number, ok := numbers[string(id)]; ok {
			return wire.Name(number)
		}
		return unseen
	}, nil
}

// seen returns those that have a number, with their names.
func seen[T interface{ GetId() string }](all []T, numbers map[string]uint64, call func(T, string)) []T {
	kept := all[:0]
	for _, one := range all {
		if number, ok := numbers[one.GetId()]; ok {
			call(one, wire.Name(number))
			kept = append(kept, one)
		}
	}
	return kept
}
