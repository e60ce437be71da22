package silence

import (
	"context"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/derived"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/silence"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/resource"
)

// kept is how long what is over can be listed. After that whoever makes the next one
// deletes it; its history stays.
const kept = 90 * 24 * time.Hour

// maxSwept bounds what is deleted at once.
const maxSwept = 50

// Resources writes the catalog; [resource.Service] does.
type Resources interface {
	Current(ctx context.Context) (*catalog.State, error)
	Repeats(state *catalog.State, o resource.Own) (bool, error)
	Write(ctx context.Context, o resource.Own) (*catalog.State, string, error)
}

// Service implements signalv1.SilenceServiceServer. Its fields are set once, before the
// first call.
type Service struct {
	signalv1.UnimplementedSilenceServiceServer

	// Resources is where silences are written, Catalog where they are read.
	Resources Resources
	Catalog   func() *catalog.State
	// Actor returns the opaque id of the person for whom a call is made; it refuses who
	// may not act for somebody else.
	Actor func(ctx context.Context, onBehalfOf string) (string, error)
	// Alert returns an alert that exists for the caller, or refuses.
	Alert func(ctx context.Context, id string) (alert.State, error)
	// Now is the clock, Random the source of names.
	Now    func() time.Time
	Random io.Reader
}

// asking is what the calls that write have in common.
type asking interface {
	proto.Message
	GetRequestId() string
	GetOnBehalfOf() string
	GetName() string
}

// call is one that writes.
type call struct {
	resource.Own

	state   *catalog.State // the catalog that it meets
	repeats bool           // it was made before
}

// untimed is a request without its times: whoever repeats one that began now and was to
// last for an hour gives others.
func untimed(r asking) proto.Message {
	m := proto.CloneOf(proto.Message(r))
	fields := m.ProtoReflect().Descriptor().Fields()
	for _, name := range []protoreflect.Name{"begin_time", "end_time"} {
		if f := fields.ByName(name); f != nil {
			m.ProtoReflect().Clear(f)
		}
	}
	return m
}

// ask begins a call.
func (s *Service) ask(ctx context.Context, r asking) (call, error) {
	by, ok := auth.FromContext(ctx)
	if !ok {
		return call{}, auth.ErrNoCredentials
	}
	c := call{Own: resource.Own{By: by, Request: untimed(r), RequestID: r.GetRequestId()}}
	var err error
	if c.Actor, err = s.Actor(ctx, r.GetOnBehalfOf()); err != nil {
		return call{}, err
	}
	if c.state, err = s.Resources.Current(ctx); err != nil {
		return call{}, err
	}
	c.repeats, err = s.Resources.Repeats(c.state, c.Own)
	return c, err
}

// create writes a new resource, and deletes what has been over for long. Of a repetition
// nothing is written.
func (s *Service) create(ctx context.Context, c call, one *catalog.Resource) (*signalv1.Silence, string, error) {
	if _, taken := c.state.Get(one.Kind, one.Name); taken && !c.repeats {
		return nil, "", &rpc.Refusal{
			Code: codes.AlreadyExists, Reason: "name_taken", Field: "name",
			Message: fmt.Sprintf("there is a %s %q already: choose another name, or leave it out", one.Kind, one.Name),
		}
	}
	c.Desired, c.Remove = []*catalog.Resource{one}, s.longOver(c.state)
	after, position, err := s.Resources.Write(ctx, c.Own)
	if err != nil {
		return nil, "", err
	}
	made, ok := after.Get(one.Kind, one.Name)
	if !ok {
		return nil, "", gone(one.Kind, one.Name)
	}
	return s.shown(after, made), position, nil
}

// longOver are those that the product made and that were over long ago, as "kind/name".
func (s *Service) longOver(state *catalog.State) []string {
	var keys []string
	for _, one := range state.Silences() {
		r, ok := state.Get(one.Kind, one.Name)
		if ok && r.ManagedBy == catalog.ManagedByProduct && s.Now().Sub(one.End) > kept && len(keys) < maxSwept {
			keys = append(keys, r.Key())
		}
	}
	return keys
}

// named is the name that was given, or else one that a repetition of the request finds
// again.
func (s *Service) named(c call, r asking) (string, error) {
	const letters = 8
	switch {
	case r.GetName() != "":
		return r.GetName(), nil
	case c.RequestID != "":
		return derived.ID("silence", c.By.ID, c.RequestID)[:letters], nil
	}
	id, err := catalog.NewID(s.Random)
	return id[:min(len(id), letters)], err
}

// gone is the refusal of what there is not.
func gone(kind, name string) error {
	return &rpc.Refusal{
		Code: codes.NotFound, Reason: "no_such_" + kind, Field: "name",
		Message: fmt.Sprintf("there is no %s %q: bridgelog %s list --ended shows those that there are", kind, name, kind),
	}
}

// isMaintenance tells the two kinds apart.
func isMaintenance(kind string) bool { return kind == silence.KindMaintenance }
