package notifier_test

import (
	"context"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/auth"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
)

// registrar catches the service that is registered, to call it without a socket.
type registrar struct{ service notifyv1.NotifyServiceServer }

func (r *registrar) RegisterService(_ *grpc.ServiceDesc, impl any) {
	r.service = impl.(notifyv1.NotifyServiceServer)
}

// answering lets the notifier's RPCs be called after start.
func (s *system) answering() *registrar {
	r, key := &registrar{}, filepath.Join(s.t.TempDir(), "key")
	s.change = func(c *notifier.Config) {
		c.Server, c.KeyFile = r, key
	}
	return r
}

// as is the context of a caller with a role.
func as(t *testing.T, id string, role authv1.AccountRole) context.Context {
	t.Helper()
	return auth.NewContext(t.Context(), auth.Principal{ID: id, Person: id, Role: role})
}

func admin(t *testing.T) context.Context {
	t.Helper()
	return as(t, "root", authv1.AccountRole_ACCOUNT_ROLE_ADMIN)
}

// must returns the answer of an RPC that succeeds.
func must[T any](t *testing.T) func(T, error) T {
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}
