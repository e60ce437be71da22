package timeline_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// names authenticates by a name in place of a token: "root" is an admin, "mia" a
// manager, everybody else a viewer.
type names struct{}

func (names) Authenticate(_ context.Context, authorization string) (auth.Principal, error) {
	if authorization == "" {
		return auth.Principal{}, auth.ErrNoCredentials
	}
	p := auth.Principal{ID: authorization, Person: authorization, Role: authv1.AccountRole_ACCOUNT_ROLE_VIEWER}
	switch authorization {
	case "root":
		p.Role = authv1.AccountRole_ACCOUNT_ROLE_ADMIN
	case "mia":
		p.Role = authv1.AccountRole_ACCOUNT_ROLE_MANAGER
	}
	return p, nil
}

// world is a log with a database and one or more timeline services over it.
type world struct {
	*logtest.Writer
	t    testing.TB
	log  *memory.Log
	pool *pgxpool.Pool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	log := memory.New(memory.Options{})
	return &world{Writer: logtest.New(t, log), t: t, log: log, pool: server.Pool(t)}
}

// node is a running service.
type node struct {
	timelinev1.TimelineServiceClient
	conn    *grpc.ClientConn
	world   *world
	service *timeline.Service
	stop    func()
}

// start runs a service until the test ends or stop is called.
func (w *world) start(change ...func(*timeline.Config)) *node {
	w.t.Helper()
	logger := slog.New(slog.DiscardHandler)
	s, err := rpc.New(rpc.Options{Authenticator: names{}, Logger: logger})
	if err != nil {
		w.t.Fatal(err)
	}
	follower := catalog.NewFollower(w.log, catalog.FollowerOptions{})
	config := timeline.Config{Log: w.log, Pool: w.pool, Server: s, Catalog: follower, Logger: logger, Heartbeat: 50 * time.Millisecond}
	for _, c := range change {
		c(&config)
	}
	service, err := timeline.New(config)
	if err != nil {
		w.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for name, run := range map[string]func(context.Context) error{
		"catalog": follower.Run, "timeline": service.Run,
		"rpc": func(ctx context.Context) error { return rpc.Serve(ctx, s, listener) },
	} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				w.t.Errorf("%s: %v", name, err)
			}
		})
	}
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		w.t.Fatal(err)
	}
	n := &node{TimelineServiceClient: timelinev1.NewTimelineServiceClient(conn), conn: conn, world: w, service: service}
	n.stop = sync.OnceFunc(func() {
		_ = conn.Close()
		cancel()
		running.Wait()
	})
	w.t.Cleanup(n.stop)
	return n
}

// as is a context of a caller that ends with the test.
func as(t testing.TB, who string) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(metadata.AppendToOutgoingContext(t.Context(), "authorization", who), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// refused checks that a call failed with a code and a reason.
func refused(t testing.TB, err error, code, reason string) {
	t.Helper()
	if err == nil {
		t.Errorf("not refused, want %s %s", code, reason)
		return
	}
	if f := rpc.FailureOf(err); f.Code != code || f.Reason != reason {
		t.Errorf("refused with %s %s (%s), want %s %s", f.Code, f.Reason, f.Message, code, reason)
	}
}

// must fails the test on an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%v (%s)", err, rpc.FailureOf(err).Reason)
		}
		return v
	}
}

// settle returns the position of the log's end, for reads that hold everything.
func (w *world) settle() string {
	w.t.Helper()
	head, err := w.log.Head(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return head.String()
}

// problem declares an incident.
func (w *world) problem(title string) incident.ID {
	w.t.Helper()
	return w.Declare(incident.Declare{Title: title, Severity: incident.SEV2}, logtest.Act{})
}

func stamp(at time.Time) *timestamppb.Timestamp { return timestamppb.New(at) }

func (w *world) revision(id incident.ID) uint64 { return w.Revision(id) }

// swingLock is the advisory lock of those who write to the live version.
func swingLock() int64 { return projection.LockKey("timeline: live version") }
