package cli_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/cli"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/command"
	"github.com/bridgelog/bridgelog/services/timeline"
)

// database is shared by the tests that need the read side.
var database pgtest.Server

func TestMain(m *testing.M) { os.Exit(database.Run(m)) }

// system is real services over a log in memory, at an address that a client finds
// as it would find `bridgelog up`.
type system struct {
	address string
	token   string
	log     *memory.Log
	catalog *catalog.Follower
}

// start runs a system that can only be written to until the test ends: command
// without a database.
func start(t *testing.T) system {
	t.Helper()
	return startWith(t, false)
}

// startWhole runs a system with its read side until the test ends.
func startWhole(t *testing.T) system {
	t.Helper()
	return startWith(t, true)
}

func startWith(t *testing.T, reads bool) system {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	token, err := auth.NewToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	log := memory.New(memory.Options{})
	follower := catalog.NewFollower(log, catalog.FollowerOptions{})
	logger := slog.New(slog.DiscardHandler)
	server, err := rpc.New(rpc.Options{Authenticator: auth.Bearer{Directory: follower}, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	service, err := command.New(command.Config{
		Log: log, Server: server, Catalog: follower, Logger: logger,
		Bootstrap: []command.BootstrapToken{{
			Name: "root-token", Person: "root", Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN, Hash: token.Hash(),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	runs := []func() error{
		func() error { return follower.Run(ctx) },
		func() error { return service.Run(ctx) },
	}
	ready := []<-chan struct{}{service.Ready()}
	if reads {
		read, err := timeline.New(timeline.Config{
			Log: log, Pool: database.Pool(t), Server: server, Catalog: follower, Logger: logger,
		})
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, func() error { return read.Run(ctx) })
		ready = append(ready, read.Ready())
	}
	runs = append(runs, func() error { return rpc.Serve(ctx, server, listener) })
	var running sync.WaitGroup
	for _, run := range runs {
		running.Go(func() {
			if err := run(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() { cancel(); running.Wait() })
	for _, isReady := range ready {
		select {
		case <-isReady:
		case <-time.After(time.Minute):
			t.Fatal("the system is not ready after a minute")
		}
	}
	return system{address: listener.Addr().String(), token: token.Reveal(), log: log, catalog: follower}
}

// asService reaches the system as one of our own services does.
func (sys system) asService(t *testing.T) *grpc.ClientConn {
	t.Helper()
	dial := func(token string) *grpc.ClientConn {
		conn, err := rpc.Dial(sys.address, token)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	made, err := catalogv1.NewCatalogServiceClient(dial(sys.token)).CreateToken(t.Context(), &catalogv1.CreateTokenRequest{
		Name: "services-" + rand.Text(), Spec: &catalogv1.TokenSpec{Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER, Impersonate: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return dial(made.GetToken())
}

// shell is one account on one machine.
type shell struct {
	t    *testing.T
	home string
	env  map[string]string
	now  time.Time
	in   string
	// terminal makes a person sit there.
	terminal bool
	// until ends the command that is running as soon as it has shown this text.
	until string
	// intercept stands between the client and the system; it may be nil.
	intercept grpc.UnaryClientInterceptor
	ids       int
	// waits are how long commands were willing to wait for connections.
	waits []time.Duration
	// connecting is called at each connection; it may be nil.
	connecting func()
}

func newShell(t *testing.T) *shell {
	t.Helper()
	home := t.TempDir()
	return &shell{t: t, home: home, env: map[string]string{"HOME": home}}
}

// on makes a system the one that runs on the shell's machine.
func (s *shell) on(sys system) *shell {
	s.t.Helper()
	content := fmt.Sprintf(`{"grpc": %q, "token": %q}`, sys.address, sys.token)
	if err := client.WriteFile(filepath.Join(s.dataDir(), client.EndpointsFile), []byte(content)); err != nil {
		s.t.Fatal(err)
	}
	return s
}

func (s *shell) dataDir() string { return filepath.Join(s.home, ".local", "share", "bridgelog") }

// result is what a command left behind.
type result struct {
	code     int
	out, err string
}

func (s *shell) run(args ...string) result {
	s.t.Helper()
	return s.runIn(s.t.Context(), args...)
}

func (s *shell) runIn(ctx context.Context, args ...string) result {
	s.t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var out, errs bytes.Buffer
	d := s.deps(&out, &errs)
	if s.until != "" {
		d.Out = &watched{Buffer: &out, until: s.until, found: cancel}
	}
	code := cli.Execute(ctx, cli.New(d), d, args)
	return result{code, out.String(), errs.String()}
}

// watched is an output that tells when a text has come.
type watched struct {
	*bytes.Buffer

	until string
	found func()
}

func (w *watched) Write(data []byte) (int, error) {
	n, err := w.Buffer.Write(data)
	if strings.Contains(w.Buffer.String(), w.until) {
		w.found()
	}
	return n, err
}

// deps is the outside of the shell.
func (s *shell) deps(out, errs io.Writer) cli.Deps {
	return cli.Deps{
		In: strings.NewReader(s.in), Out: out, Err: errs, InTerminal: s.terminal, OutTerminal: s.terminal,
		Getenv: func(name string) string { return s.env[name] },
		Now: func() time.Time {
			if s.now.IsZero() {
				return time.Now()
			}
			return s.now
		},
		Zone: time.UTC, Patience: 20 * time.Second,
		NewID: func() string {
			s.ids++
			return fmt.Sprintf("request-%d-%s", s.ids, filepath.Base(s.home))
		},
		Connect: func(ctx context.Context, t client.Target, options ...grpc.DialOption) (*client.Conn, error) {
			deadline, _ := ctx.Deadline()
			s.waits = append(s.waits, time.Until(deadline))
			if s.connecting != nil {
				s.connecting()
			}
			if s.intercept != nil {
				options = append(options, grpc.WithChainUnaryInterceptor(s.intercept))
			}
			return client.Connect(ctx, t, options...)
		},
		Version: "test",
	}
}

// ok runs a command that has to succeed.
func (s *shell) ok(args ...string) result {
	s.t.Helper()
	r := s.run(args...)
	if r.code != 0 {
		s.t.Fatalf("bridgelog %s: exit %d: %s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r
}

// json runs a command that has to succeed with -o json and decodes its answer.
func (s *shell) json(args ...string) map[string]any {
	s.t.Helper()
	return s.decode(s.ok(append(args, "-o", "json")...).out)
}

func (s *shell) decode(text string) map[string]any {
	s.t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		s.t.Fatalf("not JSON: %v\n%s", err, text)
	}
	return v
}

// fails runs a command that has to fail with a code and say a thing.
func (s *shell) fails(code int, say string, args ...string) result {
	s.t.Helper()
	r := s.run(args...)
	if r.code != code || !strings.Contains(r.err, say) {
		s.t.Errorf("bridgelog %s: exit %d: %q; want %d and %q", strings.Join(args, " "), r.code, r.err, code, say)
	}
	// One sentence, and below it what is wrong one by one where that is more than one thing.
	said, problems, listed := strings.Cut(r.err, ":\n")
	told := strings.Count(problems, "\n  ") + 1
	if listed && (told < 2 || told != strings.Count(problems, "\n") || !strings.Contains(said, fmt.Sprintf("%d problems", told))) ||
		!listed && strings.Count(r.err, "\n") > 1 {
		s.t.Errorf("bridgelog %s: on standard error stands more than one sentence:\n%s", strings.Join(args, " "), r.err)
	}
	return r
}
