package auth

import (
	"context"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protoregistry"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// Guard stands before every RPC: it authenticates, compares the caller's role
// with the method's policy, and puts the principal into the context. Its errors
// are those of this package; whoever builds the server maps them to statuses.
type Guard struct {
	authenticator Authenticator
	policies      sync.Map // full method → authv1.AccountRole; 0 stands for none
}

// NewGuard returns a guard that authenticates with a.
func NewGuard(a Authenticator) *Guard { return &Guard{authenticator: a} }

// Admit returns ctx with the principal when the call may be made.
func (g *Guard) Admit(ctx context.Context, fullMethod string) (context.Context, error) {
	if isPublic(fullMethod) {
		return ctx, nil
	}
	need := g.policy(fullMethod)
	if need == authv1.AccountRole_ACCOUNT_ROLE_UNSPECIFIED {
		return nil, ErrNoPolicy
	}
	var authorization string
	if values := metadata.ValueFromIncomingContext(ctx, "authorization"); len(values) > 0 {
		authorization = values[0]
	}
	p, err := g.authenticator.Authenticate(ctx, authorization)
	if err != nil {
		return nil, err
	}
	if !p.Has(need) {
		return nil, &RoleError{Have: p.Role, Need: need}
	}
	return NewContext(ctx, p), nil
}

func (g *Guard) policy(fullMethod string) authv1.AccountRole {
	if known, ok := g.policies.Load(fullMethod); ok {
		return known.(authv1.AccountRole)
	}
	role, _ := PolicyOf(protoregistry.GlobalFiles, fullMethod)
	if role > 0 {
		// Only what exists is remembered: names are the caller's to choose.
		g.policies.Store(fullMethod, role)
	}
	return role
}

// Unary guards calls with one request.
func (g *Guard) Unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	ctx, err := g.Admit(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	return next(ctx, req)
}

// Stream guards streams.
func (g *Guard) Stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	ctx, err := g.Admit(stream.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	return next(srv, &admitted{ServerStream: stream, ctx: ctx})
}

// admitted is a stream whose context carries the principal.
type admitted struct {
	grpc.ServerStream
	ctx context.Context //nolint:containedctx // grpc.ServerStream hands its context out by a method
}

// Context returns the context with the principal.
func (s *admitted) Context() context.Context { return s.ctx }

// Unguarded returns the RPCs of a server that are neither public nor state a
// policy. A server must have none; package rpc refuses to start one that has.
func Unguarded(services map[string]grpc.ServiceInfo) []string {
	var open []string
	for service, info := range services {
		for _, m := range info.Methods {
			full := "/" + service + "/" + m.Name
			if _, ok := PolicyOf(protoregistry.GlobalFiles, full); !ok && !isPublic(full) {
				open = append(open, full)
			}
		}
	}
	return open
}
