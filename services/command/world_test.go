package command_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a log with one or more command services over it, and people.
type world struct {
	t      testing.TB
	log    eventlog.Log
	tokens map[string]auth.Token
	config func(*command.Config)
}

// people are the accounts of every world. Each is also a person with that name.
func people() map[string]authv1.AccountRole {
	return map[string]authv1.AccountRole{
		"viewer": authv1.AccountRole_ACCOUNT_ROLE_VIEWER,
		"ada":    authv1.AccountRole_ACCOUNT_ROLE_RESPONDER,
		"ben":    authv1.AccountRole_ACCOUNT_ROLE_RESPONDER,
		"mia":    authv1.AccountRole_ACCOUNT_ROLE_MANAGER,
		"root":   authv1.AccountRole_ACCOUNT_ROLE_ADMIN,
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, memory.New(memory.Options{}))
}

func worldOn(t testing.TB, log eventlog.Log) *world {
	t.Helper()
	w := &world{t: t, log: log, tokens: map[string]auth.Token{}}
	for _, name := range []string{"viewer", "ada", "ben", "mia", "root", "machine", "console", "services"} {
		token, err := auth.NewToken(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		w.tokens[name] = token
	}
	return w
}

func (w *world) bootstrap() []command.BootstrapToken {
	tokens := []command.BootstrapToken{
		{Name: "machine", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER, Hash: w.tokens["machine"].Hash()},
		{Name: "console", Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN, Hash: w.tokens["console"].Hash(), Impersonate: true},
	}
	tokens = append(tokens, command.BootstrapToken{
		Name: "services", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER, Hash: w.tokens["services"].Hash(), Impersonate: true,
	})
	for _, name := range []string{"root", "mia", "ada", "ben", "viewer"} {
		tokens = append(tokens, command.BootstrapToken{
			Name: name + "-token", Person: name, Role: people()[name], Hash: w.tokens[name].Hash(),
		})
	}
	return tokens
}

// node is one running command service.
type node struct {
	w       *world
	address string
	catalog *catalog.Follower
	stop    func()
}

// start runs a command service with its own server and its own view of the
// catalog.
func (w *world) start() *node {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	follower := catalog.NewFollower(w.log, catalog.FollowerOptions{})
	logger := slog.New(slog.DiscardHandler)
	server, err := rpc.New(rpc.Options{Authenticator: auth.Bearer{Directory: follower}, Logger: logger})
	if err != nil {
		w.t.Fatal(err)
	}
	config := command.Config{Log: w.log, Server: server, Catalog: follower, Logger: logger, Bootstrap: w.bootstrap()}
	if w.config != nil {
		w.config(&config)
	}
	service, err := command.New(config)
	if err != nil {
		w.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { w.check(follower.Run(ctx)) })
	running.Go(func() { w.check(service.Run(ctx)) })
	running.Go(func() { w.check(rpc.Serve(ctx, server, listener)) })
	n := &node{w: w, address: listener.Addr().String(), catalog: follower}
	n.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	w.t.Cleanup(n.stop)
	select {
	case <-service.Ready():
	case <-time.After(time.Minute):
		w.t.Fatal("the service is not ready after a minute")
	}
	return n
}

func (w *world) check(err error) {
	if err != nil {
		w.t.Error(err)
	}
}

// as returns the clients of somebody, or of nobody for "".
func (n *node) as(name string) clients {
	n.w.t.Helper()
	secret := ""
	if name != "" {
		secret = n.w.tokens[name].Reveal()
	}
	conn, err := rpc.Dial(n.address, secret)
	if err != nil {
		n.w.t.Fatal(err)
	}
	n.w.t.Cleanup(func() { _ = conn.Close() })
	return clientsOf(conn)
}

type clients struct {
	incidentv1.CommandServiceClient
	catalog  catalogv1.CatalogServiceClient
	silences signalv1.SilenceServiceClient
	alerts   signalv1.AlertServiceClient
	conn     *grpc.ClientConn
}

func clientsOf(conn *grpc.ClientConn) clients {
	return clients{
		incidentv1.NewCommandServiceClient(conn), catalogv1.NewCatalogServiceClient(conn), signalv1.NewSilenceServiceClient(conn),
		signalv1.NewAlertServiceClient(conn), conn,
	}
}

// declare opens an incident and fails the test when that is refused.
func (c clients) declare(t *testing.T, title string) *incidentv1.WriteResult {
	t.Helper()
	r, err := c.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{
		Title: title, Severity: incidentv1.Severity_SEVERITY_SEV2,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetResult()
}

// refused fails the test unless err has the code and reason.
func refused(t *testing.T, err error, code, reason string) rpc.Failure {
	t.Helper()
	f := rpc.FailureOf(err)
	if err == nil || f.Code != code || f.Reason != reason {
		t.Fatalf("got %v (%+v), want %s %s", err, f, code, reason)
	}
	return f
}

// waitUntil waits for something that another goroutine brings about.
func waitUntil(t *testing.T, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it did not come about in 20 s")
		}
	}
}

func containsCanary(data []byte) bool { return strings.Contains(string(data), canary) }
