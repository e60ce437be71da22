package resource

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Apply implements catalogv1.CatalogServiceServer.
func (s *Service) Apply(ctx context.Context, r *catalogv1.ApplyRequest) (*catalogv1.ApplyResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	c := change{
		managedBy: r.GetManagedBy(), prune: r.GetPrune(), etag: r.GetEtag(), dryRun: r.GetDryRun(), by: by,
	}
	if c.managedBy == "" {
		c.managedBy = catalog.ManagedByFile
	}
	for _, one := range r.GetResources() {
		c.desired = append(c.desired, &catalog.Resource{Kind: one.GetKind(), Name: one.GetName(), Spec: one.GetSpec()})
	}
	if err := s.identify(&c, r.GetRequestId(), r); err != nil {
		return nil, err
	}
	done, err := s.apply(ctx, c)
	if err != nil {
		return nil, err
	}
	answer := &catalogv1.ApplyResponse{Etag: done.state.Etag(), Position: done.position}
	for _, one := range done.changes {
		answer.Changes = append(answer.Changes, one.Proto())
	}
	return answer, nil
}

// identify gives the change its request id and what a repetition has to equal.
func (s *Service) identify(c *change, requestID string, r proto.Message) error {
	if c.dryRun {
		return nil
	}
	var err error
	if c.requestID = requestID; requestID == "" {
		if c.requestID, err = s.newID(); err != nil {
			return err
		}
	}
	c.body, err = repeatable(r)
	return err
}

// repeatable is what a repetition of a request has to equal: all but its request id
// and etag.
func repeatable(r proto.Message) ([]byte, error) {
	m := r.ProtoReflect()
	bare := m.New() // shallow: a large apply is not copied for this
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if name := field.Name(); name != "request_id" && name != "etag" {
			bare.Set(field, value)
		}
		return true
	})
	bare.SetUnknown(m.GetUnknown())
	body := []byte(string(m.Descriptor().FullName()) + "\n")
	return proto.MarshalOptions{Deterministic: true}.MarshalAppend(body, bare.Interface())
}

// DeleteResource implements catalogv1.CatalogServiceServer.
func (s *Service) DeleteResource(ctx context.Context, r *catalogv1.DeleteResourceRequest) (*catalogv1.DeleteResourceResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	c := change{managedBy: catalog.ManagedByProduct, by: by}
	if err := s.identify(&c, r.GetRequestId(), r); err != nil {
		return nil, err
	}
	state, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	_, _, repeated := state.Replayed(by.ID, c.requestID, c.body)
	one, err := s.reader(by).find(state, r.GetKind(), r.GetName())
	switch {
	case err == nil:
		c.remove = []string{one.Key()}
	case !repeated:
		return nil, err
	}
	done, err := s.apply(ctx, c)
	if err != nil {
		return nil, err
	}
	return &catalogv1.DeleteResourceResponse{Etag: done.state.Etag(), Position: done.position}, nil
}

// GetResource implements catalogv1.CatalogServiceServer.
func (s *Service) GetResource(ctx context.Context, r *catalogv1.GetResourceRequest) (*catalogv1.GetResourceResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	state, err := s.at(ctx, r.GetKnownTime())
	if err != nil {
		return nil, err
	}
	one, err := s.reader(by).find(state, r.GetKind(), r.GetName())
	if err != nil {
		return nil, err
	}
	return &catalogv1.GetResourceResponse{Resource: one.Proto()}, nil
}

// WhoAmI implements catalogv1.CatalogServiceServer.
func (s *Service) WhoAmI(ctx context.Context, _ *catalogv1.WhoAmIRequest) (*catalogv1.WhoAmIResponse, error) {
	by, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	return &catalogv1.WhoAmIResponse{Principal: by.ID, Person: by.PersonName, Role: by.Role, Token: by.Token}, nil
}
