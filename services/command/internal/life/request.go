package life

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// Request is who asks for a write, and what makes a repetition known.
type Request[S any] struct {
	// Actor is the opaque id to whom the write is attributed, Principal that of the
	// authenticated caller where it differs.
	Actor, Principal string
	// ID is the caller's idempotency key, empty for none, and Body what a repetition
	// has to equal.
	ID   string
	Body []byte
	// Visible refuses a subject that is not there for the caller; nil: it always is.
	Visible func(context.Context, S) error
}

// Digestible returns what a repetition of a request has to equal: its kind and its
// fields, but for those that are named: they say which one it is.
func Digestible(r proto.Message, without ...string) ([]byte, error) {
	c := proto.Clone(r)
	m := c.ProtoReflect()
	for _, name := range without {
		if field := m.Descriptor().Fields().ByName(protoreflect.Name(name)); field != nil {
			m.Clear(field)
		}
	}
	body := []byte(string(m.Descriptor().FullName()) + "\n")
	return proto.MarshalOptions{Deterministic: true}.MarshalAppend(body, c)
}

// requestKey is the identity of a request.
type requestKey struct{ principal, id string }

func (r Request[S]) key() requestKey {
	if r.Principal != "" {
		return requestKey{r.Principal, r.ID}
	}
	return requestKey{r.Actor, r.ID}
}

// in returns the commit of a message if the request caused it, else nil.
func (k requestKey) in(data []byte) (*chain.Commit, error) {
	commit, err := chain.Open(data)
	if err != nil || len(commit.Records) == 0 {
		return nil, err
	}
	e, err := commit.Records[0].Envelope()
	if err != nil || e.RequestID != k.id || e.Caller() != k.principal {
		return nil, err
	}
	return &commit, nil
}

// sealed is the request as a commit keeps it.
func (r Request[S]) sealed() chain.Request {
	if r.ID == "" {
		return chain.Request{}
	}
	return chain.Request{ID: r.ID, Body: r.Body}
}

// drafts attributes events.
func (r Request[S]) drafts(prepare []Draft) []Draft {
	attributed := make([]Draft, 0, len(prepare))
	for _, one := range prepare {
		attributed = append(attributed, func(eventID string) (chain.Draft, error) {
			d, err := one(eventID)
			d.Actor, d.Principal = r.Actor, r.Principal
			return d, err
		})
	}
	return attributed
}

// sameRequest refuses a request id that was used for something else.
func sameRequest(first chain.Commit, body []byte) error {
	same, err := chain.SameRequest(first, body)
	if err != nil {
		return err
	}
	if same == chain.SameNo {
		return &rpc.Refusal{
			Code: codes.AlreadyExists, Reason: "request_id_reused", Field: "request_id",
			Message: "this request id was used for something else: use a new one for a new act",
		}
	}
	return nil
}
