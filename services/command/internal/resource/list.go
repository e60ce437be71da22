package resource

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

const defaultPage = 200

// ListResources implements catalogv1.CatalogServiceServer. A page begins after
// the last key of the page before, so changes between two pages repeat nothing.
func (s *Service) ListResources(ctx context.Context, r *catalogv1.ListResourcesRequest) (*catalogv1.ListResourcesResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	kind := ""
	if r.GetKind() != "" {
		k, err := kindOf(r.GetKind())
		if err != nil {
			return nil, err
		}
		kind = k.Name
	}
	after, err := base64.RawURLEncoding.DecodeString(r.GetPageToken())
	if err != nil {
		return nil, rpc.InvalidField("page_token", "invalid_page_token", "this is not a token of a page: begin with the first page")
	}
	size := int(r.GetPageSize())
	if size == 0 {
		size = defaultPage
	}
	state, err := s.at(ctx, r.GetKnownTime())
	if err != nil {
		return nil, err
	}
	answer := &catalogv1.ListResourcesResponse{Etag: state.Etag()}
	all := s.reader(by).list(state, kind)
	from := 0
	if len(after) > 0 {
		at, found := slices.BinarySearchFunc(all, string(after), func(one *catalog.Resource, key string) int {
			return cmp.Compare(orderKey(one), key)
		})
		if from = at; found {
			from++
		}
	}
	rest := all[from:]
	for _, one := range rest[:min(len(rest), size)] {
		answer.Resources = append(answer.Resources, one.Proto())
	}
	if len(rest) > size {
		answer.NextPageToken = base64.RawURLEncoding.EncodeToString([]byte(orderKey(rest[size-1])))
	}
	return answer, nil
}

// orderKey orders resources as State.List does: by kind, then by name.
func orderKey(r *catalog.Resource) string { return r.Kind + "\x00" + r.Name }
